using System.Net.Http;
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
        try
        {
            // 1.
            using var message = node.Request(HttpMethod.Parse(request.Method), request.PathAndQuery);
            var passesUnread = request.Route.Class is RouteClass.Read or RouteClass.Aggregate;
            Headers.CopyToNode(request.Context.Request, message, request.Body, plain: !passesUnread);

            // 2.
            response = await node.Send(message, patience).ConfigureAwait(false);
            var body = await response.Content.ReadAsStreamAsync(patience).ConfigureAwait(false);

            // 3.
            var (start, whole) = await ReadStart(body, response.Content.Headers.ContentLength, patience).ConfigureAwait(false);
            var answer = new Answer(node.Name, new Outcome(Stage.Answered, (int)response.StatusCode), Headers.OfAnswer(response), start, whole ? null : response);
            if (whole)
                response.Dispose();
            return answer;
        }
        catch (Exception e) when (e is HttpRequestException or IOException or OperationCanceledException)
        {
            // 4.
            response?.Dispose();
            var stage = StageOf(e, answered: response is not null, patience);
            return Answer.None(node.Name, stage, $"{node.Name} ({node.Address}): {Words(stage, e)}");
        }
    }

    private static async Task<(ReadOnlyMemory<byte> Start, bool Whole)> ReadStart(Stream body, long? length, CancellationToken patience)
    {
        var buffer = new byte[length is { } l and < Answer.WholeUpTo ? (int)l + 1 : 4096];
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

    private static string Words(Stage stage, Exception e) => stage switch
    {
        Stage.NoAnswer => "no answer in time",
        Stage.NotConnected when e is OperationCanceledException => "no connection in time",
        _ => e.InnerException?.Message ?? e.Message,
    };
}
