using System.Text.Json;
using DVStakers.Edge.Core.Updates;
using DVStakers.Edge.Linux.Files;

namespace DVStakers.Edge.Agent.Updates;

/// <summary>The files of an update, in a folder that is root's alone. Each is there whole or not at all (<see cref="WholeFile"/>), and the state comes last and goes first or last.</summary>
internal sealed class UpdateFiles(string directory)
{
    /// <summary>The unit's condition and command name it too.</summary>
    public const string DefaultDirectory = "/var/lib/dvstakers-edge-update";

    /// <summary>Far above any package.</summary>
    public const int MostPackageBytes = 256 << 20;

    /// <summary>EWOULDBLOCK of flock(2).</summary>
    private const int HeldByAnother = 11;

    private const UnixFileMode Closed = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode Folder = Closed | UnixFileMode.UserExecute;

    public string Directory => directory;
    public string StateFile => In("state");
    public string LastFile => In("last.json");
    public string Next => In("next.deb");
    public string Previous => In("previous.deb");

    /// <summary>The binary that judges: the old one, so that it does not depend on the new one to be any good.</summary>
    public string Updater => In("updater");

    /// <summary>Where the installed version is packed.</summary>
    public string Packing => In("packing");

    public string Of(PackageSide side) => side == PackageSide.New ? Next : Previous;

    /// <exception cref="UpdateException">There can be none.</exception>
    public void Create()
    {
        try
        {
            System.IO.Directory.CreateDirectory(directory, Folder);
            File.SetUnixFileMode(directory, Folder);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new UpdateException($"{directory} cannot be used ({e.Message}). Run this as root, on a disk that can be written: sudo dvstakers-edge update FILE", e);
        }
    }

    /// <summary>Held while an update is made ready or goes on; it ends with the process, however that ends. Null: another one holds it.</summary>
    public IDisposable? Hold()
    {
        try
        {
            return new FileStream(In("lock"), new FileStreamOptions { Mode = FileMode.OpenOrCreate, Access = FileAccess.ReadWrite, Share = FileShare.None, UnixCreateMode = Closed });
        }
        catch (IOException e) when (e.HResult == HeldByAnother)
        {
            return null;
        }
    }

    /// <summary>Null: no update is going on.</summary>
    /// <exception cref="UpdateException">It cannot be read, or makes no sense.</exception>
    public UpdateState? State() => Read(StateFile, static b => UpdateState.Parse(b));

    /// <summary>Null: there was none yet.</summary>
    /// <exception cref="UpdateException">It cannot be read, or makes no sense.</exception>
    public UpdateOutcome? Last() => Read(LastFile, static b => UpdateOutcome.Parse(b));

    public void Write(UpdateState state) => Write(StateFile, state.ToUtf8(), Closed);

    public static void Write(string file, ReadOnlySpan<byte> content, bool executable = false) => Write(file, content, executable ? Folder : Closed);

    /// <summary>How it ended is told first, and the state goes before what the next update makes anew.</summary>
    public void End(UpdateOutcome outcome)
    {
        Write(LastFile, outcome.ToUtf8(), Closed);
        Clear();
    }

    /// <summary>No update goes on any more.</summary>
    public void Clear()
    {
        foreach (var file in new[] { StateFile, Next, Previous, Updater })
        {
            File.Delete(file);
            // In this order on the disk too.
            FileSystems.FlushFolder(directory);
        }
        if (System.IO.Directory.Exists(Packing))
            System.IO.Directory.Delete(Packing, recursive: true);
        foreach (var left in System.IO.Directory.EnumerateFiles(directory, "*.tmp"))
            File.Delete(left);
    }

    private string In(string name) => Path.Combine(directory, name);

    private static void Write(string file, ReadOnlySpan<byte> content, UnixFileMode mode)
    {
        try
        {
            WholeFile.Write(file, content, mode);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new UpdateException($"{file} cannot be written ({e.Message})", e);
        }
    }

    private static T? Read<T>(string file, Func<byte[], T> parse) where T : class
    {
        try
        {
            return parse(File.ReadAllBytes(file));
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new UpdateException($"{file} cannot be read ({e.Message}). Run this as root: sudo dvstakers-edge update --check", e);
        }
        catch (JsonException e)
        {
            throw new UpdateException($"{file} makes no sense ({e.Message}); if no update is going on (systemctl status dvstakers-edge-update), remove it", e);
        }
    }
}
