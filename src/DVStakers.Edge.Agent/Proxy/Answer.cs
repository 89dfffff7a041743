using System.Buffers;
using System.IO.Pipelines;
using DVStakers.Edge.Core.Chain;
using DVStakers.Edge.Core.Routing;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace DVStakers.Edge.Agent.Proxy;

/// <summary>
/// How one node answered one request. Small bodies are whole in <see cref="Start"/>, so that a connection that breaks within one can still be
/// answered by the next node, and so that the answer can be given again.
/// </summary>
internal sealed class Answer(string node, Outcome outcome, KeyValuePair<string, StringValues>[] headers, ReadOnlyMemory<byte> start, HttpResponseMessage? unread, byte[]? rented)
{
    /// <summary>Bodies up to this are read whole before the client gets their first byte. Larger ones stream.</summary>
    public const int WholeUpTo = 256 * 1024;

    /// <summary>Read from a node at a time, of a larger body.</summary>
    private const int PieceBytes = 64 * 1024;

    /// <summary>A node that stops in the middle of a large body holds its client no longer than this.</summary>
    private static readonly TimeSpan MostIdle = TimeSpan.FromSeconds(10);

    /// <summary>A client that takes nothing of a large answer for this long is cut off: its place at the node is another's.</summary>
    private static readonly TimeSpan MostUntaken = TimeSpan.FromSeconds(30);

    private byte[]? rented = rented;
    private AttestationData? attestationData;

    public string Node { get; } = node;
    public Outcome Outcome { get; } = outcome;

    /// <summary>In words, where no answer came.</summary>
    public string Problem { get; private init; } = "";

    /// <summary>The body, or its beginning.</summary>
    public ReadOnlyMemory<byte> Start { get; } = start;

    /// <summary>The body as attestation data; null where it is something else.</summary>
    public AttestationData? AttestationData => attestationData ??= unread is null ? AttestationData.Read(Start.Span, IsSsz) : null;

    /// <summary>The root that it gives as the head; null where it is something else, or not plain JSON.</summary>
    public Root? HeadRoot => unread is null && !IsSsz && Header("Content-Encoding").Length == 0 ? HeadAnswer.Read(Start.Span) : null;

    public bool IsSsz => Header("Content-Type").StartsWith(Headers.Ssz, StringComparison.OrdinalIgnoreCase);

    public static Answer None(string node, Stage stage, string problem) => new(node, new Outcome(stage, 0), [], default, null, null) { Problem = problem };

    /// <summary>Empty where the node sent none of that name.</summary>
    public string Header(string name)
    {
        foreach (var (key, value) in headers)
            if (key.Equals(name, StringComparison.OrdinalIgnoreCase))
                return value.ToString();
        return "";
    }

    /// <summary>Passes status, headers and body on, unchanged. A body that was not whole can be passed on once.</summary>
    public async Task CopyTo(HttpResponse client, CancellationToken cancel)
    {
        client.StatusCode = Outcome.Status;
        foreach (var (name, value) in headers)
            client.Headers[name] = value;
        client.Headers[Headers.Stack] = Node;
        if (HttpMethods.IsHead(client.HttpContext.Request.Method))
            return;
        if (unread is null && client.ContentLength is null && Outcome.Status is not (204 or 304))
            client.ContentLength = Start.Length;
        if (!Start.IsEmpty)
            await Write(Start, client, cancel).ConfigureAwait(false);
        if (unread is not null)
            await Stream(unread, client.BodyWriter, cancel).ConfigureAwait(false);
    }

    private static async Task Write(ReadOnlyMemory<byte> bytes, HttpResponse client, CancellationToken cancel)
    {
        // The usual case: there is room for it.
        if (bytes.Length <= PieceBytes)
        {
            await client.Body.WriteAsync(bytes, cancel).ConfigureAwait(false);
            return;
        }
        using var untaken = new CancellationTokenSource();
        untaken.CancelAfter(MostUntaken);
        try
        {
            await client.BodyWriter.WriteAsync(bytes, untaken.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (untaken.IsCancellationRequested)
        {
            throw new SlowClientException();
        }
    }

    /// <summary>A client that reads slowly holds the node back: nothing is read that the client's buffer has no room for.</summary>
    private static async Task Stream(HttpResponseMessage from, PipeWriter to, CancellationToken cancel)
    {
        var body = await from.Content.ReadAsStreamAsync(cancel).ConfigureAwait(false);
        using var idle = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        using var untaken = new CancellationTokenSource();
        try
        {
            while (true)
            {
                untaken.CancelAfter(Timeout.InfiniteTimeSpan);
                idle.CancelAfter(MostIdle);
                var read = await body.ReadAsync(to.GetMemory(PieceBytes), idle.Token).ConfigureAwait(false);
                if (read == 0)
                    return;
                to.Advance(read);
                // The client's time is not the node's.
                idle.CancelAfter(Timeout.InfiniteTimeSpan);
                untaken.CancelAfter(MostUntaken);
                // Ends at once where the client goes away.
                await to.FlushAsync(untaken.Token).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (untaken.IsCancellationRequested)
        {
            throw new SlowClientException();
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            throw new IOException($"nothing came for {MostIdle.TotalSeconds:0} s");
        }
    }

    /// <summary>Closes the connection of a body that was not read to its end; its beginning must not be looked at any more.</summary>
    public void Release()
    {
        unread?.Dispose();
        // Never twice: the buffer belongs to somebody else then.
        if (Interlocked.Exchange(ref rented, null) is { } buffer)
            ArrayPool<byte>.Shared.Return(buffer);
    }
}
