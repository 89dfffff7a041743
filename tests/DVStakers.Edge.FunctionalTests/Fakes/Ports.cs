using System.Net;
using System.Net.Sockets;

namespace DVStakers.Edge.FunctionalTests.Fakes;

/// <summary>
/// Ports for programs that cannot say which one they got. From below the range out of which the kernel serves connections and port 0, so that
/// between the look and the use nobody gets one by chance.
/// </summary>
internal static class Ports
{
    private const int First = 20_000;
    private const int Count = 12_000;

    // Test processes that run at the same time begin at different places.
    private static int taken = Environment.ProcessId * 37;

    public static int Free()
    {
        while (true)
        {
            var port = First + (int)((uint)Interlocked.Increment(ref taken) % Count);
            using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            try
            {
                socket.Bind(new IPEndPoint(IPAddress.Loopback, port));
                return port;
            }
            catch (SocketException e) when (e.SocketErrorCode == SocketError.AddressAlreadyInUse)
            {
                // The next one.
            }
        }
    }
}
