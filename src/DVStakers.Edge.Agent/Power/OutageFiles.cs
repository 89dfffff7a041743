using System.Text.Json;
using System.Text.Json.Serialization;
using DVStakers.Edge.Core.Power;
using DVStakers.Edge.Linux.Files;
using Microsoft.Extensions.Logging;

namespace DVStakers.Edge.Agent.Power;

/// <summary>What outlives the agent and the box: how far an outage has come, and how long each client took to stop. Two small files, written whole or not at all.</summary>
internal sealed class OutageFiles(string directory, ILogger log)
{
    private readonly string outageFile = Path.Combine(directory, "outage.json");
    private readonly string timesFile = Path.Combine(directory, "stop-times.json");

    /// <summary>Why the last one could not be written; null: it was.</summary>
    public string? Problem { get; private set; }

    public Outage Read() => Read(outageFile, static b => JsonSerializer.Deserialize(b, OutageJson.Default.Outage)) ?? Outage.None;

    /// <summary>Seconds, by the client's name in the configuration.</summary>
    public Dictionary<string, double> StopTimes() => Read(timesFile, static b => JsonSerializer.Deserialize(b, StopTimesJson.Default.DictionaryStringDouble)) ?? [];

    /// <summary>On disk when it returns.</summary>
    public void Write(Outage outage)
    {
        if (outage.Phase == OutagePhase.None)
            Try(outageFile, () => File.Delete(outageFile));
        else
            Write(outageFile, JsonSerializer.SerializeToUtf8Bytes(outage, OutageJson.Default.Outage));
    }

    public void Write(Dictionary<string, double> times) => Write(timesFile, JsonSerializer.SerializeToUtf8Bytes(times, StopTimesJson.Default.DictionaryStringDouble));

    private T? Read<T>(string file, Func<byte[], T?> parse) where T : class
    {
        try
        {
            return parse(File.ReadAllBytes(file));
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException)
        {
            log.RecordUnreadable(file, e.Message);
            return null;
        }
    }

    private void Write(string file, byte[] bytes) => Try(file, () =>
    {
        Directory.CreateDirectory(directory);
        WholeFile.Write(file, bytes);
    });

    private void Try(string file, Action write)
    {
        try
        {
            write();
            Problem = null;
        }
        catch (Exception e) when (e is DirectoryNotFoundException)
        {
            Problem = null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            if (Problem != e.Message)
                log.NotRecorded(file, Problem = e.Message);
        }
    }
}

[JsonSourceGenerationOptions(WriteIndented = true)]
[JsonSerializable(typeof(Dictionary<string, double>))]
internal sealed partial class StopTimesJson : JsonSerializerContext;
