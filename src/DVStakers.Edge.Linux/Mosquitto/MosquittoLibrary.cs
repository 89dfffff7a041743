using System.Runtime.InteropServices;
using static DVStakers.Edge.Linux.Mosquitto.MosquittoNative;

namespace DVStakers.Edge.Linux.Mosquitto;

/// <summary>Whether libmosquitto is on this machine. The agent runs without it and says why.</summary>
public sealed class MosquittoLibrary
{
    /// <summary>The soname that every libmosquitto since 1.0 has had.</summary>
    internal const string FileName = "libmosquitto.so.1";

    // Once per process, as the library asks; never cleaned up, because connections may live until the process ends.
    private static readonly Lazy<int> Initialised = new(static () => mosquitto_lib_init());

    private MosquittoLibrary(string? version, string reason) => (Version, Reason) = (version, reason);

    public bool IsAvailable => Version is not null;

    /// <summary>Such as 2.0.11; null where the library is not available.</summary>
    public string? Version { get; }

    /// <summary>In words: what was found, or why it cannot be used.</summary>
    public string Reason { get; }

    public static MosquittoLibrary Probe() => Probe(FileName);

    /// <summary>The same for another file name, so that a test can look for one that is not there.</summary>
    internal static MosquittoLibrary Probe(string fileName)
    {
        if (!NativeLibrary.TryLoad(fileName, out var library))
            return new(null, $"{fileName} is not installed, or not built for this machine");
        // The newest of the functions we call (1.5): with it, the others are there.
        if (!NativeLibrary.TryGetExport(library, nameof(mosquitto_connect_with_flags_callback_set), out _))
            return new(null, $"{fileName} is too old: it has no {nameof(mosquitto_connect_with_flags_callback_set)}");
        if (Initialised.Value != MOSQ_ERR_SUCCESS)
            return new(null, $"{fileName} did not initialise: {Words(Initialised.Value)}");
        mosquitto_lib_version(out var major, out var minor, out var revision);
        return new($"{major}.{minor}.{revision}", $"{fileName} {major}.{minor}.{revision}");
    }
}
