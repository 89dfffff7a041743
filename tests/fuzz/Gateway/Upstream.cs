using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace DVStakers.Edge.Fuzz.Gateway;

/// <summary>A node that writes down what reaches it, byte by byte as it is on the wire. It answers at once, each path in the way that keeps nobody waiting.</summary>
internal sealed class Upstream : IDisposable
{
    public delegate void Seen(string line, IReadOnlyList<(string Name, string Value)> headers, ReadOnlySpan<byte> body, string host);

    private static readonly byte[][] Answers = [Answer("200 OK", "{\"data\":[]}"), Answer("200 OK", "{\"data\":{}}"), Answer("404 Not Found", "{\"code\":404}"), Answer("500 Oops", "{\"code\":500}"), "HTTP/1.1 204 No Content\r\nX-Up: 1\r\n\r\n"u8.ToArray()];
    private static readonly byte[] Refusal = Answer("400 Bad Request", "{\"code\":400}");
    private static readonly byte[] Stream = "HTTP/1.1 200 OK\r\nX-Up: 1\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"u8.ToArray();

    /// <summary>Asked again and again until they are good, which nothing here is.</summary>
    private static readonly string[] Raced = ["attestation_data", "/validator/blocks", "/validator/blinded_blocks", "/headers", "/root"];

    private readonly Socket listener = new(SocketType.Stream, ProtocolType.Tcp);
    private readonly Seen seen;
    private readonly Action<string> broken;
    private readonly string host;

    public Upstream(Seen seen, Action<string> broken)
    {
        (this.seen, this.broken) = (seen, broken);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen(512);
        Address = new Uri($"http://127.0.0.1:{((IPEndPoint)listener.LocalEndPoint!).Port}");
        host = Address.Authority;
        _ = Accept();
    }

    public Uri Address { get; }

    public void Dispose() => listener.Dispose();

    private async Task Accept()
    {
        try
        {
            while (true)
                _ = Serve(await listener.AcceptAsync().ConfigureAwait(false));
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // Disposed.
        }
    }

    private async Task Serve(Socket socket)
    {
        using var _ = socket;
        socket.NoDelay = true;
        var buffer = new byte[16 * 1024];
        var filled = 0;
        try
        {
            while (true)
            {
                int end;
                while ((end = buffer.AsSpan(0, filled).IndexOf("\r\n\r\n"u8)) < 0)
                    if (!await More().ConfigureAwait(false))
                        return;
                var lines = Encoding.Latin1.GetString(buffer, 0, end).Split("\r\n");
                var headers = lines[1..].Select(l => l.IndexOf(':') is > 0 and var colon ? (l[..colon], l[(colon + 1)..].Trim(' ')) : ("", l)).ToList();
                var length = int.Parse(headers.LastOrDefault(h => h.Item1.Equals("Content-Length", StringComparison.OrdinalIgnoreCase)) is { Item2: { Length: > 0 } text } ? text : "0", CultureInfo.InvariantCulture);
                var all = end + 4 + length;
                while (filled < all)
                    if (!await More().ConfigureAwait(false))
                        return;
                seen(lines[0], headers, buffer.AsSpan(end + 4, length), host);
                buffer.AsSpan(all, filled - all).CopyTo(buffer);
                filled -= all;
                if (lines[0].Contains("/events", StringComparison.Ordinal))
                {
                    await socket.SendAsync(Stream).ConfigureAwait(false);
                    await More().ConfigureAwait(false);
                    return;
                }
                await socket.SendAsync(AnswerTo(lines[0])).ConfigureAwait(false);
            }
        }
        catch (SocketException)
        {
            // Cut off.
        }
        catch (Exception e)
        {
            broken($"what reached the node cannot be read: {e.Message}");
        }

        async Task<bool> More()
        {
            if (filled == buffer.Length)
                Array.Resize(ref buffer, buffer.Length * 2);
            var read = await socket.ReceiveAsync(buffer.AsMemory(filled)).ConfigureAwait(false);
            filled += read;
            return read > 0;
        }
    }

    private static byte[] AnswerTo(string line)
    {
        if (Raced.Any(r => line.Contains(r, StringComparison.Ordinal)))
            return Refusal;
        var sum = 0;
        foreach (var c in line)
            sum = ((sum * 31) + c) & 0xffff;
        return Answers[sum % Answers.Length];
    }

    private static byte[] Answer(string status, string body) => Encoding.ASCII.GetBytes($"HTTP/1.1 {status}\r\nX-Up: 1\r\nContent-Type: application/json\r\nContent-Length: {body.Length}\r\n\r\n{body}");
}
