using System.Buffers.Binary;
using System.Text;

namespace DVStakers.Edge.Core.FirstBoot;

/// <summary>A line of OpenSSH's authorized_keys, without options.</summary>
internal static class SshKey
{
    private static readonly string[] Kinds =
    [
        "ssh-ed25519", "sk-ssh-ed25519@openssh.com", "ecdsa-sha2-nistp256", "ecdsa-sha2-nistp384", "ecdsa-sha2-nistp521", "sk-ecdsa-sha2-nistp256@openssh.com", "ssh-rsa",
    ];

    /// <summary>Null: it is a public key. Else what it is instead, without repeating what may be secret.</summary>
    public static string? Problem(string line)
    {
        if (line.Contains("PRIVATE KEY", StringComparison.Ordinal))
            return "a private key, which belongs on no other machine: take it out of this file, and make a new one";
        var words = line.Trim().Split(' ', 3, StringSplitOptions.RemoveEmptyEntries);
        if (line.Trim().AsSpan().ContainsAny('\r', '\n'))
            return "more than one line in one item";
        if (words.Length == 0)
            return "an empty item";
        if (!Kinds.Contains(words[0]))
            return $"an item that begins with none of the kinds of keys ({string.Join(", ", Kinds)})";
        if (words.Length < 2)
            return $"only the kind of a key ({words[0]}), not the key";
        var bytes = new byte[words[1].Length];
        if (!Convert.TryFromBase64String(words[1], bytes, out var length))
            return $"a key ({words[0]}) that was damaged or cut off: it is not base64";
        return IsWhole(bytes.AsSpan(0, length), words[0]) ? null : $"a key ({words[0]}) that was damaged or cut off";
    }

    /// <summary>Fields of a length and as many bytes, up to the end, the first of them the kind.</summary>
    private static bool IsWhole(ReadOnlySpan<byte> blob, string kind)
    {
        for (var fields = 0; ; fields++)
        {
            if (blob.Length == 0)
                return fields >= 2;
            if (blob.Length < 4 || BinaryPrimitives.ReadUInt32BigEndian(blob) is var size && size > blob.Length - 4)
                return false;
            if (fields == 0 && !blob.Slice(4, (int)size).SequenceEqual(Encoding.ASCII.GetBytes(kind)))
                return false;
            blob = blob[(4 + (int)size)..];
        }
    }
}
