using System.Collections.Immutable;
using System.Text.Json.Nodes;
using DVStakers.Edge.FunctionalTests.Fakes;

namespace DVStakers.Edge.Faults;

/// <summary>The client's one event stream: every head that it is told, in order, and whether the stream still stands.</summary>
internal sealed class HeadStream : IDisposable
{
    private readonly CancellationTokenSource stop = new();
    private readonly Changes changes = new();
    private ImmutableList<string> blocks = [];

    /// <summary>Why it ended; null while it stands.</summary>
    public string? Ended { get; private set; }

    public IReadOnlyList<string> Blocks => Volatile.Read(ref blocks);

    public static async Task<HeadStream> Open(HttpClient http)
    {
        var stream = new HeadStream();
        var response = await http.GetAsync("/eth/v1/events?topics=head", HttpCompletionOption.ResponseHeadersRead);
        response.EnsureSuccessStatusCode();
        _ = stream.Read(response);
        return stream;
    }

    /// <summary>False where it was not told in time.</summary>
    public async Task<bool> Tells(string block, TimeSpan atMost)
    {
        try
        {
            await changes.WaitUntil(() => Blocks.Contains(block), atMost);
            return true;
        }
        catch (TimeoutException)
        {
            return false;
        }
    }

    public void Dispose()
    {
        stop.Cancel();
        stop.Dispose();
    }

    private async Task Read(HttpResponseMessage response)
    {
        try
        {
            using (response)
            using (var lines = new StreamReader(await response.Content.ReadAsStreamAsync(stop.Token)))
                while (await lines.ReadLineAsync(stop.Token) is { } line)
                {
                    if (!line.StartsWith("data:", StringComparison.Ordinal))
                        continue;
                    var block = JsonNode.Parse(line[5..])!["block"]!.GetValue<string>();
                    ImmutableInterlocked.Update(ref blocks, static (list, b) => list.Add(b), block);
                    changes.Announce();
                }
            Ended = "the agent ended it";
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
        }
        catch (Exception e) when (e is IOException or HttpRequestException)
        {
            Ended = e.Message;
        }
        changes.Announce();
    }
}
