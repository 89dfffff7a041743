using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Threading.Channels;
using static DVStakers.Edge.Linux.Mosquitto.MosquittoNative;

namespace DVStakers.Edge.Linux.Mosquitto;

/// <summary>The managed side of a connection's callbacks. All of them run on the connection's own thread, inside mosquitto_loop.</summary>
internal sealed class MosquittoCallbacks
{
    private const int MessageCapacity = 1024;

    /// <summary>Bytes. What is longer is cut to one more than this, so that whoever takes it sees that it is too long: what waits stays below 64 MiB.</summary>
    private const int MostPayload = 64 * 1024;

    // Beside the messages there are at most two more events (see MosquittoEvent), and for those there is always room.
    private readonly Channel<MosquittoEvent> events = Channel.CreateBounded<MosquittoEvent>(
        new BoundedChannelOptions(MessageCapacity + 2) { SingleWriter = true, SingleReader = true });

    private int unacknowledged;
    private volatile TaskCompletionSource? drained;
    private volatile bool connected;
    private long dropped;
    private Exception? fault;
    private int disconnectErrno;
    private volatile string? lastError;

    public ChannelReader<MosquittoEvent> Events => events.Reader;

    public bool Connected => connected;

    /// <summary>Whether the broker has ever let us in.</summary>
    public bool WasConnected { get; private set; }

    /// <summary>Received messages that nobody took in time.</summary>
    public long Dropped => Interlocked.Read(ref dropped);

    /// <summary>What went wrong in our own code below a callback: the connection ends with it.</summary>
    public Exception? Fault => fault;

    /// <summary>errno as it was when the library gave up the connection.</summary>
    public int DisconnectErrno => disconnectErrno;

    /// <summary>The library's last line about an error, null before the first: of TLS, its return codes say nothing.</summary>
    public string? LastError => lastError;

    /// <summary>Call before each mosquitto_publish: its callback may come before that returns.</summary>
    public void Publishing() => Interlocked.Increment(ref unacknowledged);

    /// <summary>Call where mosquitto_publish did not take the message: no callback will come.</summary>
    public void NotPublished() => Interlocked.Decrement(ref unacknowledged);

    /// <summary>Call once, after the last <see cref="Publishing"/> and before its mosquitto_publish: completes when the broker has acknowledged everything.</summary>
    public Task Drained()
    {
        var source = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        drained = source;
        return source.Task;
    }

    /// <summary>Ends the events. Called by the connection's thread when the loop has ended.</summary>
    public void Close(string words)
    {
        connected = false;
        events.Writer.TryWrite(new MosquittoEvent.Closed(words));
        events.Writer.Complete();
    }

    public static unsafe void SetOn(MosquittoHandle mosq)
    {
        mosquitto_connect_with_flags_callback_set(mosq, &OnConnect);
        mosquitto_disconnect_callback_set(mosq, &OnDisconnect);
        mosquitto_publish_callback_set(mosq, &OnPublish);
        mosquitto_message_callback_set(mosq, &OnMessage);
        mosquitto_log_callback_set(mosq, &OnLog);
    }

    private static MosquittoCallbacks Of(nint obj) => (MosquittoCallbacks)GCHandle.FromIntPtr(obj).Target!;

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void OnConnect(nint mosq, nint obj, int code, int flags)
    {
        var self = Of(obj);
        try
        {
            self.connected = code == 0;
            self.WasConnected |= code == 0;
            self.events.Writer.TryWrite(code == 0 ? new MosquittoEvent.Connected() : new MosquittoEvent.Refused(code, ConnackWords(code)));
        }
        catch (Exception e)
        {
            self.fault = e;
        }
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void OnDisconnect(nint mosq, nint obj, int code)
    {
        // First of all: any call after this may overwrite it.
        var errno = Marshal.GetLastSystemError();
        var self = Of(obj);
        self.disconnectErrno = errno;
        self.connected = false;
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void OnPublish(nint mosq, nint obj, int mid)
    {
        var self = Of(obj);
        try
        {
            if (Interlocked.Decrement(ref self.unacknowledged) == 0)
                self.drained?.TrySetResult();
        }
        catch (Exception e)
        {
            self.fault = e;
        }
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static unsafe void OnMessage(nint mosq, nint obj, mosquitto_message* message)
    {
        var self = Of(obj);
        try
        {
            if (self.events.Reader.Count >= MessageCapacity)
            {
                Interlocked.Increment(ref self.dropped);
                return;
            }
            // The library frees the message when we return.
            var topic = Marshal.PtrToStringUTF8((nint)message->topic) ?? "";
            var payload = new ReadOnlySpan<byte>(message->payload, Math.Min(message->payloadlen, MostPayload + 1)).ToArray();
            self.events.Writer.TryWrite(new MosquittoEvent.Received(new MosquittoMessage(topic, payload, message->qos, message->retain != 0)));
        }
        catch (Exception e)
        {
            self.fault = e;
        }
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static unsafe void OnLog(nint mosq, nint obj, int level, byte* line)
    {
        if (level == MOSQ_LOG_ERR)
            Of(obj).lastError = Marshal.PtrToStringUTF8((nint)line);
    }
}
