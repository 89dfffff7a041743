using System.Net.Sockets;
using System.Text;

namespace DVStakers.Edge.FunctionalTests.Proxy;

/// <summary>A connection to the proxy for requests that an HTTP library would not send.</summary>
internal sealed class RawClient : IDisposable
{
    private readonly TcpClient connection = new() { ReceiveBufferSize = 4096 };

    public static async Task<RawClient> Connect(TestBox box)
    {
        var client = new RawClient();
        await client.connection.ConnectAsync(box.Agent.Proxy.Host, box.Agent.Proxy.Port);
        return client;
    }

    /// <summary>One request on a connection of its own, which it must ask to close; the whole answer.</summary>
    public static async Task<string> Ask(TestBox box, string request)
    {
        using var client = await Connect(box);
        await client.Send(request);
        return await client.ToEnd();
    }

    public static Task<string> Get(TestBox box, string target, string headers = "") =>
        Ask(box, $"GET {target} HTTP/1.1\r\nHost: edge\r\nConnection: close\r\n{headers}\r\n");

    public async Task Send(string text) => await connection.GetStream().WriteAsync(Encoding.UTF8.GetBytes(text));

    public async Task<string> ToEnd(int atMostSeconds = 15)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(atMostSeconds));
        var bytes = new MemoryStream();
        await connection.GetStream().CopyToAsync(bytes, limit.Token);
        return Encoding.UTF8.GetString(bytes.ToArray());
    }

    public void Dispose() => connection.Dispose();
}
