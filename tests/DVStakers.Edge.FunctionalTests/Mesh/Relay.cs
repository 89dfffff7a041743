using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace DVStakers.Edge.FunctionalTests.Mesh;

/// <summary>Passes bytes between a client and a port behind it, until it is told to cut the line or to go silent.</summary>
internal sealed class Relay : IAsyncDisposable
{
    private readonly TcpListener listener;
    private readonly ConcurrentBag<Socket> sockets = [];
    private readonly CancellationTokenSource stop = new();
    private readonly int target;
    private readonly Task accepting;
    private volatile bool silent;

    /// <param name="port">0: any.</param>
    public Relay(int target, int port = 0)
    {
        listener = new(IPAddress.Loopback, port);
        this.target = target;
        listener.Start();
        accepting = Accept();
    }

    public int Port => ((IPEndPoint)listener.LocalEndpoint).Port;

    /// <summary>Ends every open connection with a reset, as a dead machine's neighbour would.</summary>
    public void Cut()
    {
        while (sockets.TryTake(out var socket))
        {
            socket.LingerState = new LingerOption(true, 0);
            socket.Dispose();
        }
    }

    /// <summary>Swallows every byte from now on; connections stay open.</summary>
    public void GoSilent() => silent = true;

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        listener.Stop();
        Cut();
        await accepting;
        stop.Dispose();
    }

    private async Task Accept()
    {
        try
        {
            while (true)
            {
                var near = await listener.AcceptSocketAsync(stop.Token);
                var far = new Socket(SocketType.Stream, ProtocolType.Tcp);
                sockets.Add(near);
                sockets.Add(far);
                await far.ConnectAsync(IPAddress.Loopback, target, stop.Token);
                _ = Pass(near, far);
                _ = Pass(far, near);
            }
        }
        catch (OperationCanceledException)
        {
            // Disposed.
        }
    }

    private async Task Pass(Socket from, Socket to)
    {
        var buffer = new byte[16 * 1024];
        try
        {
            while (await from.ReceiveAsync(buffer) is var count and > 0)
                if (!silent)
                    await to.SendAsync(buffer.AsMemory(0, count));
            to.Shutdown(SocketShutdown.Send);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // Cut.
        }
    }
}
