using System.Buffers;
using System.Net.Http;
using System.Security.Authentication;
using DVStakers.Edge.Agent.Nodes;
using DVStakers.Edge.Core.Routing;

namespace DVStakers.Edge.Agent.Proxy;

/// <summary>One request to one node.</summary>
internal static class Attempt
{
    /// <summary>
    /// 1. Builds the node's request. 2. Sends it and waits for the headers. 3. Reads a small body whole. 4. Names how it ended; it does not throw.
    /// </summary>
    /// <param name="patience">When this is cancelled the node had its time. Not the client's cancellation.</param>
    public static async Task<Answer> Send(NodeClient node, ClientRequest request, CancellationToken patience)
    {
        HttpResponseMessage? response = null;
        byte[]? rented = null;
        try
        {
            // 1.
            using var message = node.Request(HttpMethod.Parse(request.Method), request.PathAndQuery);
            Headers.CopyToNode(request, message, node.IsPeer);

            // 2.
            response = await node.Send(message, patience).ConfigureAwait(false);
            var outcome = new Outcome(Stage.Answered, (int)response.StatusCode);
            var headers = Headers.OfAnswer(response);
            var body = await response.Content.ReadAsStreamAsync(patience).ConfigureAwait(false);

            // 3.
            var length = response.Content.Headers.ContentLength;
            if (length >= Answer.WholeUpTo && !HttpMethod.Head.Equals(message.Method))
            {
                // Sent on from its beginning, which is held back for so long as the next node can still answer instead.
                rented = ArrayPool<byte>.Shared.Rent(Answer.WholeUpTo);
                await body.ReadExactlyAsync(rented.AsMemory(0, Answer.WholeUpTo), patience).ConfigureAwait(false);
                return new Answer(node.Name, outcome, headers, rented.AsMemory(0, Answer.WholeUpTo), response, rented);
            }
            var (start, whole) = await ReadStart(body, length, patience).ConfigureAwait(false);
            if (whole)
                response.Dispose();
            return new Answer(node.Name, outcome, headers, start, whole ? null : response, null);
        }
        catch (Exception e) when (e is HttpRequestException or IOException or OperationCanceledException)
        {
            // 4.
            if (rented is not null)
                ArrayPool<byte>.Shared.Return(rented);
            response?.Dispose();
            var stage = StageOf(e, answered: response is not null, patience);
            return Answer.None(node.Name, stage, $"{node.Name} ({node.Address}): {Words(node, stage, e)}");
        }
    }

    private static async Task<(ReadOnlyMemory<byte> Start, bool Whole)> ReadStart(Stream body, long? length, CancellationToken patience)
    {
        // One byte more than announced, so that the end is seen without another buffer.
        var buffer = GC.AllocateUninitializedArray<byte>(length < Answer.WholeUpTo ? (int)length + 1 : 4096);
        var filled = 0;
        while (filled < Answer.WholeUpTo)
        {
            if (filled == buffer.Length)
                Array.Resize(ref buffer, buffer.Length * 2);
            var read = await body.ReadAsync(buffer.AsMemory(filled), patience).ConfigureAwait(false);
            if (read == 0)
                return (buffer.AsMemory(0, filled), true);
            filled += read;
        }
        return (buffer.AsMemory(0, filled), false);
    }

    private static Stage StageOf(Exception e, bool answered, CancellationToken patience) => e switch
    {
        OperationCanceledException when patience.IsCancellationRequested => Stage.NoAnswer,
        // SocketsHttpHandler's ConnectTimeout: nobody cancelled, and yet it is cancelled.
        OperationCanceledException => Stage.NotConnected,
        HttpRequestException { HttpRequestError: HttpRequestError.NameResolutionError or HttpRequestError.ConnectionError or HttpRequestError.SecureConnectionError } when !answered => Stage.NotConnected,
        _ => Stage.Broken,
    };

    private static string Words(NodeClient node, Stage stage, Exception e) => e switch
    {
        OperationCanceledException when stage == Stage.NotConnected => $"no connection within {NodeClient.ConnectWithin.TotalSeconds:0.#} s",
        OperationCanceledException => "no answer in time",
        HttpRequestException { HttpRequestError: HttpRequestError.NameResolutionError } => $"the name {node.Address.Host} is not found: {Innermost(e)}",
        HttpRequestException { HttpRequestError: HttpRequestError.SecureConnectionError } or { InnerException: AuthenticationException } => $"no secure connection: {Innermost(e)}",
        HttpRequestException { HttpRequestError: HttpRequestError.ConnectionError } when stage == Stage.NotConnected => $"no connection: {Innermost(e)}",
        _ => $"the connection broke: {Innermost(e)}",
    };

    private static string Innermost(Exception e) => e.InnerException is { } inner ? Innermost(inner) : e.Message;
}
