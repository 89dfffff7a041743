using System.Runtime.InteropServices;
using System.Threading.Channels;
using static DVStakers.Edge.Linux.Mosquitto.MosquittoNative;

namespace DVStakers.Edge.Linux.Mosquitto;

/// <summary>
/// One MQTT 3.1.1 connection, from its first packet to its last; a lost one is replaced by another, never revived, so that the caller alone decides when.
/// Its thread runs the library's loop; <see cref="TryPublish"/> may be called from any thread.
/// </summary>
public sealed class MosquittoConnection : IAsyncDisposable
{
    /// <summary>How long <see cref="DisposeAsync"/> waits for the broker before it lets go.</summary>
    public static readonly TimeSpan FarewellTime = TimeSpan.FromMilliseconds(700);

    /// <summary>The longest wait in the library: how late a stop or a missed keep-alive is noticed. A publish wakes it at once.</summary>
    private const int LoopMilliseconds = 1000;
    private const int LoopMillisecondsWhileConnecting = 100;

    private readonly MosquittoOptions options;
    private readonly TimeProvider time;
    private readonly MosquittoCallbacks callbacks = new();
    private readonly MosquittoHandle handle;
    private readonly TaskCompletionSource ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile bool stopping;

    /// <summary>Starts to connect and returns at once: <see cref="Events"/> tells how it went.</summary>
    /// <exception cref="MosquittoException">The library does not take the options.</exception>
    /// <exception cref="IOException">A file of <see cref="MosquittoOptions.Tls"/> is not there.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be read.</exception>
    public MosquittoConnection(MosquittoLibrary library, MosquittoOptions options, TimeProvider time)
    {
        if (!library.IsAvailable)
            throw new MosquittoException(library.Reason);
        this.options = options;
        this.time = time;
        handle = new MosquittoHandle(options.ClientId, callbacks);
        try
        {
            Configure();
        }
        catch
        {
            handle.Dispose();
            throw;
        }
        new Thread(Loop) { IsBackground = true, Name = "mqtt" }.Start();
    }

    /// <summary>What happens, for one reader; complete after <see cref="MosquittoEvent.Closed"/>.</summary>
    public ChannelReader<MosquittoEvent> Events => callbacks.Events;

    /// <summary>Received messages that the reader of <see cref="Events"/> was too slow for.</summary>
    public long Dropped => callbacks.Dropped;

    /// <summary>
    /// Hands the message to the library, which sends it in order; the bytes are copied before this returns. False: the connection is gone, and
    /// <see cref="MosquittoEvent.Closed"/> says why.
    /// </summary>
    /// <exception cref="MosquittoException">A topic or payload that MQTT does not allow.</exception>
    public bool TryPublish(MosquittoMessage message)
    {
        callbacks.Publishing();
        var result = HandOver(message);
        if (result == MOSQ_ERR_SUCCESS)
            return true;
        callbacks.NotPublished();
        return result is MOSQ_ERR_NO_CONN or MOSQ_ERR_CONN_LOST ? false : throw new MosquittoException($"{message.Topic}: {Words(result)}");
    }

    /// <summary>Asks for messages; those retained come first. Only while connected.</summary>
    /// <exception cref="MosquittoException">Not connected, or not a topic filter.</exception>
    public void Subscribe(string filter, int qos) => Check(mosquitto_subscribe(handle, out _, filter, qos));

    /// <summary>
    /// 1. Publishes the farewell and waits until the broker has everything. 2. Disconnects, so that the broker drops the will. 3. Waits for the thread.
    /// 4. Frees the native client. Never longer than <see cref="FarewellTime"/> in all: what hangs then is freed by the thread itself when it returns.
    /// </summary>
    public async ValueTask DisposeAsync()
    {
        using var limit = new CancellationTokenSource(FarewellTime, time);
        try
        {
            if (callbacks.Connected)
            {
                if (options.Farewell is { } farewell)
                    await Farewell(farewell, limit.Token).ConfigureAwait(false);
                mosquitto_disconnect(handle);
            }
            else
            {
                stopping = true;
            }
            await ended.Task.WaitAsync(limit.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // The broker is silent: it will publish the last will instead.
        }
        finally
        {
            stopping = true;
            handle.Dispose();
        }
    }

    private async Task Farewell(MosquittoMessage message, CancellationToken limit)
    {
        callbacks.Publishing();
        var drained = callbacks.Drained();
        var result = HandOver(message with { Qos = 1 });
        // Where it could not be handed over the connection is gone, and the will says the same.
        if (result == MOSQ_ERR_SUCCESS)
            await (await Task.WhenAny(drained, ended.Task).WaitAsync(limit).ConfigureAwait(false)).ConfigureAwait(false);
    }

    private int HandOver(MosquittoMessage message) =>
        mosquitto_publish(handle, out _, message.Topic, message.Payload.Length, message.Payload.Span, message.Qos, message.Retain);

    private void Configure()
    {
        Check(mosquitto_threaded_set(handle, threaded: true));
        if (options.Username is not null)
            Check(mosquitto_username_pw_set(handle, options.Username, options.Password));
        if (options.Will is { } will)
            Check(mosquitto_will_set(handle, will.Topic, will.Payload.Length, will.Payload.Span, will.Qos, will.Retain));
        MosquittoCallbacks.SetOn(handle);
        if (options.Tls is { } tls)
            Configure(tls);
    }

    private void Configure(MosquittoTls tls)
    {
        // The library would only say "invalid arguments".
        foreach (var file in new[] { tls.CaFile, tls.CertificateFile, tls.KeyFile })
            if (file is not null)
                File.OpenRead(file).Dispose();
        Check(mosquitto_tls_set(handle, tls.CaFile, null, tls.CertificateFile, tls.KeyFile, 0));
        Check(mosquitto_tls_opts_set(handle, SSL_VERIFY_PEER, "tlsv1.2", null));
    }

    private void Loop()
    {
        string words;
        try
        {
            words = RunLoop();
        }
        catch (ObjectDisposedException)
        {
            words = "closed while the broker was silent";
        }
        callbacks.Close(words);
        ended.SetResult();
    }

    private string RunLoop()
    {
        var result = mosquitto_connect_async(handle, options.Host, options.Port, (int)options.KeepAlive.TotalSeconds);
        if (result != MOSQ_ERR_SUCCESS)
            return End(result, Marshal.GetLastPInvokeError());
        while (result == MOSQ_ERR_SUCCESS && !stopping && callbacks.Fault is null)
            result = mosquitto_loop(handle, callbacks.Connected ? LoopMilliseconds : LoopMillisecondsWhileConnecting, 1);
        return callbacks.Fault?.ToString() ?? (result == MOSQ_ERR_SUCCESS ? "closed" : End(result, callbacks.DisconnectErrno));
    }

    private string End(int result, int errno) => options.Tls switch
    {
        { } tls when callbacks.LastError is { } line && TlsWords.Of(line, tls, options.Host) is { } words => words,
        // With TLS 1.3 a broker refuses a certificate when we already send, and its reason may be lost with the connection.
        { CertificateFile: { } certificate } when !callbacks.WasConnected => $"{Words(result, errno)} before it answered: it may refuse the certificate {certificate}, and its log says why",
        _ => Words(result, errno),
    };

    private static void Check(int result)
    {
        if (result != MOSQ_ERR_SUCCESS)
            throw new MosquittoException(Words(result));
    }
}
