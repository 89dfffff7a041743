namespace DVStakers.Edge.Agent.Config;

/// <summary>
/// Held from the start to the end of <c>run</c>, so that a second agent of this box is not started beside the first: they would take each other's boot numbers
/// and throw each other out of the broker. It is the system's lock on the file and not the file, so it ends with the process, however that ends.
/// </summary>
internal static class StateLock
{
    /// <summary>EWOULDBLOCK of flock(2).</summary>
    private const int HeldByAnother = 11;

    public static string FileIn(string directory) => Path.Combine(directory, "lock");

    /// <summary>False: another process holds it. Where none can be had at all, as without a state directory, the agent runs without it.</summary>
    /// <param name="held">To be disposed at the end.</param>
    public static bool TryTake(string directory, out IDisposable? held)
    {
        held = null;
        try
        {
            // The owner's alone: whoever may open it could lock it.
            held = new FileStream(FileIn(directory), new FileStreamOptions
            {
                Mode = FileMode.OpenOrCreate, Access = FileAccess.ReadWrite, Share = FileShare.None, UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
            });
            return true;
        }
        catch (IOException e) when (e.HResult == HeldByAnother)
        {
            return false;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return true;
        }
    }
}
