using System.Collections.Concurrent;
using DVStakers.Edge.Agent.Nodes;
using DVStakers.Edge.Core.Routing;

namespace DVStakers.Edge.Agent.Proxy;

/// <summary>
/// POSTs to nodes. One that was sent is never cancelled, whatever becomes of the client or of the other nodes (rule 7): only its own time ends it.
/// So what a node that hangs has not answered is bounded: beyond that it is sent nothing more until it answers, or their time is over.
/// </summary>
/// <param name="most">Bytes that one node may have unanswered.</param>
internal sealed class Posts(long most, TimeProvider time)
{
    /// <summary>What a request costs besides its body.</summary>
    private const int Overhead = 16 * 1024;

    private readonly ConcurrentDictionary<string, long> unanswered = new();

    /// <summary>
    /// Sends; once more where the connection broke without an answer: a node may close an idle connection in the moment in which a request comes, and
    /// all that is posted is either a read or the same when it comes twice.
    /// </summary>
    public async Task<Answer> Send(NodeClient node, ClientRequest request, TimeSpan patience)
    {
        var size = request.Body.Length + Overhead;
        var held = unanswered.AddOrUpdate(node.Name, size, (_, before) => before + size);
        try
        {
            if (held > most)
                return Answer.None(node.Name, Stage.NotConnected, $"{node.Name} ({node.Address}): it has left {most >> 20} MiB unanswered and is sent no more for now");
            using var limit = new CancellationTokenSource(patience, time);
            var answer = await Attempt.Send(node, request, limit.Token).ConfigureAwait(false);
            return answer.Outcome.Stage == Stage.Broken ? await Attempt.Send(node, request, limit.Token).ConfigureAwait(false) : answer;
        }
        finally
        {
            unanswered.AddOrUpdate(node.Name, 0, (_, before) => before - size);
        }
    }
}
