// Modes of files are there on Linux, and the agent runs nowhere else.
#pragma warning disable CA1416

namespace DVStakers.Edge.Linux.Files;

/// <summary>
/// Writes a file so that it is there as before or as after, and never in between, whenever the power fails: beside it, flushed, renamed, and then its folder
/// flushed, for until that is on the disk the new name is not (fsync(2)).
/// </summary>
public static class WholeFile
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    public const UnixFileMode ForAll = OwnerOnly | UnixFileMode.GroupRead | UnixFileMode.OtherRead;

    /// <param name="mode">Exactly this, whatever the umask.</param>
    /// <param name="group">Whose it becomes, where we may: see <see cref="FileGroup.TrySet"/>. Nobody can read it before.</param>
    /// <param name="owner">Whose it becomes; only root may give it away.</param>
    /// <returns>False: it could not be given to the group.</returns>
    /// <exception cref="IOException">It cannot be written; the one that was there is as it was.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be written.</exception>
    public static bool Write(string path, ReadOnlySpan<byte> content, UnixFileMode mode = ForAll, uint? group = null, FileOwner? owner = null)
    {
        var beside = $"{path}.{Guid.NewGuid():N}.tmp";
        try
        {
            bool given;
            using (var stream = new FileStream(beside, new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, UnixCreateMode = OwnerOnly }))
            {
                stream.Write(content);
                given = group is not { } id || FileGroup.TrySet(beside, id);
                owner?.Take(stream.SafeFileHandle);
                File.SetUnixFileMode(stream.SafeFileHandle, mode);
                stream.Flush(flushToDisk: true);
            }
            File.Move(beside, path, overwrite: true);
            FileSystems.FlushFolder(Path.GetDirectoryName(Path.GetFullPath(path))!);
            return given;
        }
        finally
        {
            File.Delete(beside);
        }
    }
}
