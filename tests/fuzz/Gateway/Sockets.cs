using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using System.Text;
using DVStakers.Edge.Agent.Service;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Logging.Abstractions;

namespace DVStakers.Edge.Fuzz.Gateway;

/// <summary>
/// The same inputs as bytes of a real connection to the listener as the agent opens it: in pieces, half closed, cut off, or left lying. Afterwards a good request is
/// served, and no connection is left.
/// </summary>
internal sealed class Sockets(int seed, Corpus corpus, LentBox box, Tally tally, Failures failures)
{
    private const int AtOnce = 8;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static readonly byte[] Good = "GET /eth/v1/node/health HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"u8.ToArray();

    /// <summary>To the listener a client that half closes may as well have gone: it can be answered, and need not be.</summary>
    private const int Open = 99;

    private readonly Random random = new(seed);
    private readonly Mutator mutator = new(GatewayRun.Tokens, " /?&=:\n\r,"u8.ToArray());

    public async Task Run(long inputs)
    {
        await using var listeners = new Listeners(NullLoggerFactory.Instance, NullLogger.Instance);
        var address = await listeners.Open("127.0.0.1:0", "gateway.listen", GatewayParts.MostConnections, box.Handle, Around).ConfigureAwait(false)
            ?? throw new InvalidOperationException("no port to listen on");
        var server = new IPEndPoint(IPAddress.Loopback, address.Port);
        for (var done = 0L; done < inputs; done += AtOnce)
            await Task.WhenAll(Enumerable.Range(0, (int)Math.Min(AtOnce, inputs - done)).Select(_ => One(server, Next())).ToList()).ConfigureAwait(false);

        // As after anything: a client that asks well is served.
        var said = await One(server, new(Good, Open, Part: 0)).ConfigureAwait(false);
        if (!said.StartsWith("HTTP/1.1 200", StringComparison.Ordinal))
            failures.Add("gateway", tally.Inputs, $"after {inputs} connections a good request was answered: {said}", Good);
        await NothingIsLeft(server).ConfigureAwait(false);
    }

    /// <param name="End">0: cut off (RST). 1: half closed at once. 2: the client waits a little first. 3 and more: half closed, and read to the end. <see cref="Open"/>: only that.</param>
    private sealed record Talk(byte[] Bytes, int End, int Part);

    private Talk Next()
    {
        var bytes = mutator.Change(corpus.Pick(random), corpus, random);
        return new(bytes, random.Next(8), random.Next(2) == 0 ? 1 + random.Next(bytes.Length + 1) : 0);
    }

    private static ConnectionDelegate Around(ConnectionDelegate next) => connection =>
    {
        connection.Features.Set(LentBox.Borrower(connection.ConnectionId.GetHashCode(StringComparison.Ordinal) & 0xff));
        // What came is not known here: what reaches the node is judged by the request as it was understood.
        connection.Features.Set(new Input([], isStranger: false) { IsUnknown = true });
        return next(connection);
    };

    private async Task<string> One(IPEndPoint server, Talk talk)
    {
        var number = tally.Input();
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        using var limit = new CancellationTokenSource(Patience);
        try
        {
            await socket.ConnectAsync(server, limit.Token).ConfigureAwait(false);
            for (var at = 0; at < talk.Bytes.Length;)
            {
                var length = talk.Part > 0 ? Math.Min(talk.Part, talk.Bytes.Length - at) : talk.Bytes.Length;
                await socket.SendAsync(talk.Bytes.AsMemory(at, length), limit.Token).ConfigureAwait(false);
                at += length;
                await Task.Yield();
            }
            if (talk.End == 0)
            {
                socket.LingerState = new LingerOption(true, 0);
                return "cut";
            }
            if (talk.End != Open)
                socket.Shutdown(SocketShutdown.Send);
            return talk.End < 2 ? "left" : await Read(socket, limit.Token).ConfigureAwait(false);
        }
        catch (SocketException)
        {
            return "closed";
        }
        catch (OperationCanceledException)
        {
            failures.Add("gateway", number, "a real connection was still held a minute after its client had said all", talk.Bytes);
            return "held";
        }
    }

    private static async Task<string> Read(Socket socket, CancellationToken cancel)
    {
        var (said, buffer) = (new StringBuilder(), new byte[4096]);
        while (await socket.ReceiveAsync(buffer, cancel).ConfigureAwait(false) is > 0 and var read)
        {
            said.Append(Encoding.Latin1.GetString(buffer, 0, read));
            if (said.ToString().Contains("text/event-stream", StringComparison.Ordinal))
                break;
        }
        return said.ToString();
    }

    private async Task NothingIsLeft(IPEndPoint server)
    {
        for (var tries = 0; tries < 400; tries++)
        {
            if (!Left().Any())
                return;
            await Task.Delay(100).ConfigureAwait(false);
        }
        failures.Add("gateway", tally.Inputs, $"{Left().Count()} connections are left 40 s after their clients: {string.Join(' ', Left().Select(c => c.State))}", []);

        IEnumerable<TcpConnectionInformation> Left() => IPGlobalProperties.GetIPGlobalProperties().GetActiveTcpConnections()
            .Where(c => c.LocalEndPoint.Port == server.Port && c.State is TcpState.Established or TcpState.CloseWait);
    }
}
