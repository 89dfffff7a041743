using System.Globalization;
using System.Runtime.InteropServices;

namespace DVStakers.Edge.Linux.Files;

/// <summary>The group of a file; .NET itself knows modes only.</summary>
public static partial class FileGroup
{
    /// <summary>chown(2): this one stays as it is.</summary>
    private const uint Unchanged = uint.MaxValue;

    /// <summary>The number of a group of this machine (/etc/group); null: there is none of that name.</summary>
    public static uint? Find(string name)
    {
        foreach (var line in File.ReadLines("/etc/group"))
            if (line.Split(':') is [var found, _, var number, ..] && found == name && uint.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var id))
                return id;
        return null;
    }

    /// <summary>False: we may not; only root may give a file to any group.</summary>
    /// <exception cref="IOException">Any other reason.</exception>
    public static bool TrySet(string path, uint group)
    {
        if (chown(path, Unchanged, group) == 0)
            return true;
        var error = Marshal.GetLastPInvokeError();
        return error == EPERM ? false : throw new IOException($"{path} cannot be given to group {group}: {Marshal.GetPInvokeErrorMessage(error)}");
    }

    private const int EPERM = 1;

    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    private static partial int chown(string pathname, uint owner, uint group);
}
