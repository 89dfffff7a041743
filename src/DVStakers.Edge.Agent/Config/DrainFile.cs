using System.Text.Json;
using System.Text.Json.Serialization;
using System.Threading.Channels;
using DVStakers.Edge.Core.Readings;
using DVStakers.Edge.Linux.Files;
using Microsoft.Extensions.Logging;

namespace DVStakers.Edge.Agent.Config;

/// <summary>
/// What a person took out of use, in a file of the state directory: <c>dvstakers-edge drain</c> writes it, the running agent looks at it each second. A file, because who
/// may write it is then the operating system's to say, and because it outlives a restart, which is what one drains for.
/// </summary>
internal sealed class DrainFile(string directory, TimeProvider time)
{
    /// <summary>As long as a status line may be late.</summary>
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(1);

    /// <summary>For how long, where nobody says it.</summary>
    public static readonly TimeSpan Usually = TimeSpan.FromHours(4);

    public string Path { get; } = System.IO.Path.Combine(directory, "drain.json");

    /// <summary>Null: nothing is drained, or no longer.</summary>
    /// <exception cref="IOException">It cannot be read; or it is no such file, and then the message says how to mend it.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be read.</exception>
    public Drained? Read()
    {
        try
        {
            var drained = JsonSerializer.Deserialize(File.ReadAllBytes(Path), DrainJson.Default.Drained);
            return drained is not null && drained.Until > time.GetUtcNow() ? drained : null;
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
        catch (JsonException e)
        {
            throw new IOException($"{Path} makes no sense ({e.Message}); delete it, or run: dvstakers-edge undrain", e);
        }
    }

    /// <summary>Null: nothing is drained.</summary>
    /// <exception cref="IOException">It cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be written.</exception>
    public void Write(Drained? drained)
    {
        if (drained is null)
        {
            File.Delete(Path);
            return;
        }
        Directory.CreateDirectory(directory);
        WholeFile.Write(Path, JsonSerializer.SerializeToUtf8Bytes(drained, DrainJson.Default.Drained));
    }

    /// <summary>Tells each change. A file that cannot be read changes nothing. Returns when stopped, or when nobody reads the observations any more.</summary>
    public async Task Watch(ChannelWriter<Observation> observations, ILogger log, CancellationToken stop)
    {
        var (told, complained) = (Drain.None, "");
        try
        {
            while (true)
            {
                try
                {
                    var now = Read()?.AsReading() ?? Drain.None;
                    if (now.Box != told.Box || !now.Stacks.SetEquals(told.Stacks))
                        await observations.WriteAsync(new DrainSeen(told = now), stop).ConfigureAwait(false);
                }
                catch (Exception e) when (e is IOException or UnauthorizedAccessException && e.Message != complained)
                {
                    log.DrainNotRead(complained = e.Message);
                }
                catch (Exception e) when (e is IOException or UnauthorizedAccessException)
                {
                    // Said already.
                }
                await Task.Delay(Every, time, stop).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
        }
        catch (ChannelClosedException)
        {
        }
    }
}

/// <param name="Box">The whole box.</param>
/// <param name="Until">After that it counts no more: what is forgotten must not stay out for ever.</param>
internal sealed record Drained(bool Box, IReadOnlyList<string> Stacks, DateTimeOffset Until)
{
    public Drain AsReading() => new(Box, [.. Stacks]);
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(Drained))]
internal sealed partial class DrainJson : JsonSerializerContext;
