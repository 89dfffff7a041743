namespace DVStakers.Edge.Agent.Panel;

/// <summary>
/// Who has the LEDs: the agent, or <c>panel test</c>. Two locked files of the state directory, one for having them and one for wanting them. Locks end with their
/// process, so none is left behind.
/// </summary>
internal sealed class PanelLocks(string directory)
{
    private readonly string held = Path.Combine(directory, "panel.lock");
    private readonly string wanted = Path.Combine(directory, "panel-test.lock");

    /// <summary>Takes the LEDs until disposed. Null: another process has them.</summary>
    /// <exception cref="UnauthorizedAccessException">The file may not be opened.</exception>
    /// <exception cref="DirectoryNotFoundException">There is no state directory.</exception>
    public IDisposable? Take() => TryLock(held, FileMode.OpenOrCreate);

    /// <summary>Asks whoever has them to let go, until disposed. Null: another process asks already.</summary>
    /// <exception cref="UnauthorizedAccessException">The file may not be opened.</exception>
    /// <exception cref="DirectoryNotFoundException">There is no state directory.</exception>
    public IDisposable? Want() => TryLock(wanted, FileMode.OpenOrCreate);

    /// <summary>Another process asks for them.</summary>
    public bool AreWanted
    {
        get
        {
            try
            {
                using var free = TryLock(wanted, FileMode.Open);
                return free is null;
            }
            catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException or UnauthorizedAccessException)
            {
                return false;
            }
        }
    }

    // Reading is enough for a lock, so a file of root's does as well.
    private static FileStream? TryLock(string path, FileMode mode)
    {
        try
        {
            return new FileStream(path, new FileStreamOptions
            {
                Mode = mode,
                Access = FileAccess.Read,
                Share = FileShare.None,
                BufferSize = 0,
            });
        }
        catch (IOException e) when (e is not (FileNotFoundException or DirectoryNotFoundException))
        {
            return null;
        }
    }
}
