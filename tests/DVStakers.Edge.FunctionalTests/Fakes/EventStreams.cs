using Microsoft.AspNetCore.Http;
using System.Collections.Concurrent;
using System.Text;
using System.Threading.Channels;

namespace DVStakers.Edge.FunctionalTests.Fakes;

/// <summary>The open event streams of a fake beacon node.</summary>
internal sealed class EventStreams
{
    private readonly ConcurrentDictionary<Subscriber, bool> open = new();
    private readonly Changes changes = new();

    public int Count => open.Count;

    public Task WaitForCount(int count, TimeSpan? atMost = null) => changes.WaitUntil(() => Count == count, atMost);

    public void Publish(string topic, string data) => Send($"event: {topic}\ndata: {data}\n\n", topic);

    /// <summary>A comment, as nodes send to keep a stream alive.</summary>
    public void KeepAlive() => Send(":\n\n", null);

    /// <summary>Any bytes, well-formed or not, to every stream.</summary>
    public void Raw(string bytes) => Send(bytes, null);

    /// <summary>Aborts every open stream's connection.</summary>
    public void Cut()
    {
        foreach (var subscriber in open.Keys)
            subscriber.Lines.Writer.TryComplete(new IOException("The test cut the stream."));
    }

    /// <summary>Ends every open stream in order.</summary>
    public void End()
    {
        foreach (var subscriber in open.Keys)
            subscriber.Lines.Writer.TryComplete();
    }

    /// <summary>Serves one stream until either side ends it.</summary>
    public async Task Serve(RecordedRequest request, HttpContext context, Func<CancellationToken, Task> awake)
    {
        var subscriber = new Subscriber(Topics(request));
        context.Response.ContentType = "text/event-stream";
        context.Response.Headers.CacheControl = "no-cache";
        await context.Response.StartAsync(context.RequestAborted);
        await context.Response.Body.FlushAsync(context.RequestAborted);
        open[subscriber] = true;
        changes.Announce();
        try
        {
            await foreach (var bytes in subscriber.Lines.Reader.ReadAllAsync(context.RequestAborted))
            {
                await awake(context.RequestAborted);
                await context.Response.Body.WriteAsync(bytes, context.RequestAborted);
                await context.Response.Body.FlushAsync(context.RequestAborted);
            }
        }
        catch (IOException) when (subscriber.Lines.Reader.Completion.IsFaulted)
        {
            context.Abort();
        }
        finally
        {
            open.TryRemove(subscriber, out _);
            changes.Announce();
        }
    }

    private void Send(string text, string? topic)
    {
        foreach (var subscriber in open.Keys)
            if (topic is null || subscriber.Topics.Contains(topic))
                subscriber.Lines.Writer.TryWrite(Encoding.UTF8.GetBytes(text));
    }

    // Both forms are in use: topics=head,block and topics=head&topics=block.
    private static HashSet<string> Topics(RecordedRequest request) =>
        [.. (request.QueryValue("topics") ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries)];

    private sealed record Subscriber(HashSet<string> Topics)
    {
        public Channel<byte[]> Lines { get; } = Channel.CreateUnbounded<byte[]>();
    }
}
