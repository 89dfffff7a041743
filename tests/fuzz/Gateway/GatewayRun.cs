using System.Text;
using DVStakers.Edge.Agent.Cluster;

namespace DVStakers.Edge.Fuzz.Gateway;

/// <summary>One worker's inputs to the gateway: bytes of a connection, each on one of its own. A batch is under way at once, since a node's answer is waited for.</summary>
internal sealed class GatewayRun(int seed, Corpus corpus, MemoryServer server, Tally tally, Failures failures)
{
    private const int AtOnce = 16;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    public static readonly string[] Tokens =
    [
        "GET ", "POST ", "HEAD ", "get ", "PUT ", "CONNECT ", "OPTIONS * ", " HTTP/1.1\r\n", " HTTP/1.0\r\n", " HTTP/2.0\r\n", "\r\n", "\n", "\r", "\r\n\r\n", " ", "\t", "\0", ";", "#", "?", "%", "//", "/../", "/./", "/%2e%2e/", "/%2E./",
        "%2f", "%5c", "\\", "%00", "%252f", "%25%32%65", "..;", "%3b", "%ff", "%c0%af", "é", "/eth/v1/", "/eth/v2/", "/eth/v0/", "/eth/v/", "/eth/v99999999999999999999/", "debug", "debug/beacon/states/head", "beacon/states/head",
        "beacon/states/head/validators", "validator_balances", "validator_identities", "node/peers", "node/identity", "node/version", "config/spec", "/dvstakers/v1/roster", "\"version\":9", "lighthouse/ui", "/admin", "keystores", "head", "0x00", "18446744073709551615", "id=1", "id=", "ID=1",
        "?id=1", "&id=2", "status=active", "slot=1&committee_index=0", "topics=head", "topics=", "Host: evil\r\n", "Connection: close\r\n", "Connection: X-Own, Keep-Alive\r\nX-Own: 1\r\n", "Transfer-Encoding: chunked\r\n", "Transfer-Encoding: identity, chunked\r\n",
        "Content-Length: 5\r\n", "Content-Length: 0\r\n", "Content-Length: 99999999999\r\n", "Content-Length: -1\r\n", "Upgrade: websocket\r\nConnection: Upgrade\r\n", "Expect: 100-continue\r\n", "TE: trailers\r\n", "Authorization: Basic eDp5\r\n", "Cookie: a=b\r\n",
        "X-Fuzz: 1\r\n", "Proxy-Authorization: x\r\n", "Keep-Alive: 5\r\n", "Trailer: X\r\n", " folded\r\n", "X y: 1\r\n", "X-A : 1\r\n", ": 1\r\n", "5\r\nhello\r\n0\r\n\r\n", "ffffffffffffffff\r\n", "5;ext=\"\r\n\"\r\n", "0\r\nX-Late: 1\r\n\r\n",
        "{\"ids\":[\"1\"]}", "{\"ids\":[],\"x\":1}", "{\"ids\":null,\"statuses\":[\"active\"],\"0\":0}", "[\"1\"]", "[]", "{}", "http://evil/eth/v1/node/version", "http://[::1", "Accept: application/octet-stream\r\n", "Content-Type: application/octet-stream\r\n", "Eth-Consensus-Version: x\r\n",
    ];

    private readonly Random random = new(seed);
    private readonly Mutator mutator = new(Tokens, " /?&=:\n\r,"u8.ToArray());

    public async Task Run(long inputs)
    {
        for (var done = 0L; done < inputs; done += AtOnce)
        {
            var batch = Enumerable.Range(0, (int)Math.Min(AtOnce, inputs - done)).Select(_ => Next()).ToList();
            var outcomes = await Task.WhenAll(batch.Select(b => One(b.Input, b.Borrower, b.Cut))).ConfigureAwait(false);
            for (var i = 0; i < batch.Count; i++)
                corpus.Saw("gateway " + Corpus.Shape(outcomes[i].Outcome), batch[i].Input.Bytes);
        }
    }

    /// <summary>A corpus file: by name it reaches the node, or it does not, or the gateway itself answers it.</summary>
    public async Task Replay(string name, byte[] file)
    {
        var input = new Input(file, isStranger: false);
        var (outcome, reached) = await One(input, LentBox.Borrower(0), -1).ConfigureAwait(false);
        var isStream = input.Requests.Any(r => r.Path.EndsWith("/events", StringComparison.Ordinal) && r.Status == 200);
        if (name.StartsWith("lent-", StringComparison.Ordinal) != (reached > 0 || isStream))
            failures.Add("gateway", tally.Inputs, $"{name} came out as '{outcome}', and {reached} requests reached the node", file);
        var stranger = await One(new Input(file, isStranger: true), null, -1).ConfigureAwait(false);
        if (stranger.Reached > 0)
            failures.Add("gateway", tally.Inputs, $"{name} reached the node though nobody known asked", file);
        corpus.Saw("gateway " + Corpus.Shape(outcome), file);
    }

    private (Input Input, Borrower? Borrower, int Cut) Next()
    {
        var bytes = mutator.Change(corpus.Pick(random), corpus, random);
        var who = random.Next(64);
        return (new Input(bytes, who < 2), who switch { 0 => null, 1 => LentBox.Removed, _ => LentBox.Borrower(who) }, random.Next(4) == 0 ? random.Next(bytes.Length + 1) : -1);
    }

    /// <param name="cut">Where the bytes come in two pieces; -1: in one.</param>
    private async Task<(string Outcome, int Reached)> One(Input input, Borrower? borrower, int cut)
    {
        var number = tally.Input();
        await using var connection = new MemoryConnection(cut < 0 ? [input.Bytes] : [input.Bytes.AsMemory(0, cut), input.Bytes.AsMemory(cut)]);
        if (borrower is not null)
            connection.Features.Set(borrower);
        connection.Features.Set(input);
        server.Accept(connection);
        string said;
        try
        {
            said = await Answer(connection).WaitAsync(Patience).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            failures.Add("gateway", number, "the connection was still held a minute after its client had said all", input.Bytes);
            connection.Cut();
            said = "held";
        }
        return Judge(input, number, said);
    }

    private (string Outcome, int Reached) Judge(Input input, long number, string said)
    {
        var (reached, refused) = (0, input.Requests.Count == 0);
        foreach (var asked in input.Requests)
        {
            reached += asked.Reached;
            refused |= asked.IsRefused;
            if (asked.Error is { } error)
                failures.Add("gateway", number, $"the handler threw {error}", input.Bytes);
            if (asked is { IsRefused: true, Reached: > 0 })
                failures.Add("gateway", number, $"what was refused with {asked.Status} reached the node: {asked.Method} {asked.Path}", input.Bytes);
            if (input.IsStranger && asked.Status != 403)
                failures.Add("gateway", number, $"a stranger was answered {asked.Status}", input.Bytes);
        }
        if (said.StartsWith("HTTP/1.1 500", StringComparison.Ordinal) && reached == 0)
            failures.Add("gateway", number, "500 without a node", input.Bytes);
        if (refused)
            tally.Refused();
        return ($"{said[..Math.Min(said.Length, 12)]} {input.Requests.Count} {Math.Min(reached, 3)} {(said.Length > 100 && reached == 0 ? said[^40..] : "")}", reached);
    }

    /// <summary>All that is said until the connection ends; of an event stream only that it is one.</summary>
    private static async Task<string> Answer(MemoryConnection connection)
    {
        var said = new StringBuilder();
        while (true)
        {
            var result = await connection.Answer.ReadAsync().ConfigureAwait(false);
            var part = Encoding.Latin1.GetString(result.Buffer);
            connection.Answer.AdvanceTo(result.Buffer.End);
            if (said.Length < 16 * 1024)
                said.Append(part);
            if (part.Contains("text/event-stream", StringComparison.Ordinal))
                connection.Cut();
            if (result.IsCompleted)
                break;
        }
        await connection.Answer.CompleteAsync().ConfigureAwait(false);
        connection.Cut();
        return said.ToString();
    }
}
