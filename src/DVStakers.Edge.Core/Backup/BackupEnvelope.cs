using System.Security.Cryptography;
using System.Text;

namespace DVStakers.Edge.Core.Backup;

/// <summary>A backup that cannot be opened; the message says why, and what to do.</summary>
public sealed class BackupException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>
/// A backup's bytes, sealed with a passphrase (docs/backup.md). Encrypt, then authenticate, all of it in what every openssl has, so that a backup can be opened without this program:
/// <code>
/// dvstakers-edge-backup 1 LF
/// salt 32 hexadecimal digits LF
/// iv 32 hexadecimal digits LF
/// AES-256-CBC of the content, with PKCS #7 padding
/// 32 bytes: HMAC-SHA256 of all before
/// 32 bytes: SHA-256 of all before
/// </code>
/// Both keys are PBKDF2-HMAC-SHA256 of passphrase and salt: the first 32 bytes encrypt, the next 32 authenticate. The digest at the end needs no passphrase: so a damaged file is told from
/// a wrong passphrase. It is the same in every format to come, as is the first line.
/// </summary>
public static class BackupEnvelope
{
    public const int Format = 1;
    public const int SaltBytes = 16;
    public const int IvBytes = 16;

    /// <summary>OWASP's number for PBKDF2-HMAC-SHA256; half a second on a small board.</summary>
    public const int Iterations = 600_000;

    /// <summary>Characters. A passphrase can be tried out by whoever has the file, at leisure.</summary>
    public const int ShortestPassphrase = 10;

    /// <summary>Far above any configuration.</summary>
    public const int MostBytes = 64 << 20;

    private const string Magic = "dvstakers-edge-backup ";
    private const int KeyBytes = 32;
    private const int DigestBytes = 32;

    /// <param name="salt">Random, each time.</param>
    /// <param name="iv">Random, each time.</param>
    public static byte[] Seal(ReadOnlySpan<byte> content, string passphrase, ReadOnlySpan<byte> salt, ReadOnlySpan<byte> iv)
    {
        var keys = Keys(passphrase, salt);
        using var aes = Aes.Create();
        aes.Key = keys[..KeyBytes];
        byte[] head = [.. Encoding.ASCII.GetBytes($"{Magic}{Format}\nsalt {Convert.ToHexStringLower(salt)}\niv {Convert.ToHexStringLower(iv)}\n"), .. aes.EncryptCbc(content, iv)];
        byte[] authenticated = [.. head, .. HMACSHA256.HashData(keys.AsSpan(KeyBytes), head)];
        CryptographicOperations.ZeroMemory(keys);
        return [.. authenticated, .. SHA256.HashData(authenticated)];
    }

    /// <exception cref="BackupException">It is no backup, damaged, of another format, or the passphrase is wrong.</exception>
    public static byte[] Open(ReadOnlySpan<byte> file, string passphrase)
    {
        Check(file);
        var authenticated = file[..^DigestBytes];
        var head = authenticated[..^DigestBytes];
        var rest = head[Magic.Length..];
        Line(ref rest);
        var (salt, iv) = (Hex(Line(ref rest), "salt ", SaltBytes), Hex(Line(ref rest), "iv ", IvBytes));
        var keys = Keys(passphrase, salt);
        try
        {
            if (!CryptographicOperations.FixedTimeEquals(HMACSHA256.HashData(keys.AsSpan(KeyBytes), head), authenticated[^DigestBytes..]))
                throw new BackupException("the passphrase is wrong (the file itself is whole)");
            using var aes = Aes.Create();
            aes.Key = keys[..KeyBytes];
            return aes.DecryptCbc(rest, iv);
        }
        catch (CryptographicException e)
        {
            throw new BackupException("it cannot be opened, although it is authentic: it was not made by this program", e);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(keys);
        }
    }

    /// <summary>All that can be said without the passphrase.</summary>
    /// <exception cref="BackupException">It is no backup, damaged, or of another format.</exception>
    public static void Check(ReadOnlySpan<byte> file)
    {
        if (!file.StartsWith(Encoding.ASCII.GetBytes(Magic)))
            throw new BackupException("it is no backup of dvstakers-edge, or damaged at its very beginning: take another copy");
        if (file.Length < Magic.Length + 2 * DigestBytes || !SHA256.HashData(file[..^DigestBytes]).AsSpan().SequenceEqual(file[^DigestBytes..]))
            throw new BackupException("it is damaged, or not all of it is there: take another copy");
        var rest = file[Magic.Length..];
        if (Encoding.ASCII.GetString(Line(ref rest)) is var format && format != $"{Format}")
            throw new BackupException($"its format is {format}, and this version knows {Format}: install the version of dvstakers-edge that made it, or a newer one");
    }

    private static byte[] Keys(string passphrase, ReadOnlySpan<byte> salt) =>
        Rfc2898DeriveBytes.Pbkdf2(Encoding.UTF8.GetBytes(passphrase), salt, Iterations, HashAlgorithmName.SHA256, 2 * KeyBytes);

    private static ReadOnlySpan<byte> Line(ref ReadOnlySpan<byte> rest)
    {
        var end = rest[..Math.Min(rest.Length, 100)].IndexOf((byte)'\n');
        if (end < 0)
            throw new BackupException("its beginning makes no sense, although it is whole: it was not made by this program");
        var line = rest[..end];
        rest = rest[(end + 1)..];
        return line;
    }

    private static byte[] Hex(ReadOnlySpan<byte> line, string before, int bytes)
    {
        var text = Encoding.ASCII.GetString(line);
        return text.StartsWith(before, StringComparison.Ordinal) && text.Length == before.Length + 2 * bytes && text.Skip(before.Length).All(char.IsAsciiHexDigitLower)
            ? Convert.FromHexString(text.AsSpan(before.Length))
            : throw new BackupException("its beginning makes no sense, although it is whole: it was not made by this program");
    }
}
