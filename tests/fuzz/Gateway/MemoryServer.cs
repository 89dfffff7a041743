using System.IO.Pipelines;
using System.Net;
using System.Threading.Channels;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging.Abstractions;
using HttpListener = DVStakers.Edge.Agent.Web.HttpListener;

namespace DVStakers.Edge.Fuzz.Gateway;

/// <summary>Kestrel as the agent sets it up, over connections that are memory: the real parser at a rate that sockets do not give.</summary>
internal sealed class MemoryServer : IConnectionListenerFactory, IAsyncDisposable
{
    private readonly Channel<ConnectionContext> waiting = Channel.CreateUnbounded<ConnectionContext>();
    private KestrelServer? server;

    public async Task Start(RequestDelegate handler)
    {
        server = new KestrelServer(Microsoft.Extensions.Options.Options.Create(HttpListener.OptionsOf("127.0.0.1:1", 512, null)), this, NullLoggerFactory.Instance);
        await server.StartAsync(new HttpListener.Application(handler), CancellationToken.None).ConfigureAwait(false);
    }

    public void Accept(MemoryConnection connection) => waiting.Writer.TryWrite(connection);

    public ValueTask<IConnectionListener> BindAsync(EndPoint endpoint, CancellationToken cancellationToken = default) => new(new Listener(waiting, endpoint));

    public async ValueTask DisposeAsync()
    {
        waiting.Writer.TryComplete();
        using var now = new CancellationTokenSource(TimeSpan.FromSeconds(5));
        await server!.StopAsync(now.Token).ConfigureAwait(false);
        server.Dispose();
    }

    private sealed class Listener(Channel<ConnectionContext> waiting, EndPoint endpoint) : IConnectionListener
    {
        public EndPoint EndPoint => endpoint;

        public async ValueTask<ConnectionContext?> AcceptAsync(CancellationToken cancellationToken = default) =>
            await waiting.Reader.WaitToReadAsync(cancellationToken).ConfigureAwait(false) && waiting.Reader.TryRead(out var next) ? next : null;

        public ValueTask UnbindAsync(CancellationToken cancellationToken = default)
        {
            waiting.Writer.TryComplete();
            return default;
        }

        public ValueTask DisposeAsync() => default;
    }
}

/// <summary>Both ends of a connection. What the client says comes piece by piece, when the server has taken what came before; then the client says no more.</summary>
internal sealed class MemoryConnection : DefaultConnectionContext
{
    private static readonly PipeOptions Unbounded = new(pauseWriterThreshold: 0, useSynchronizationContext: false);
    private static long opened;

    private readonly Pipe request = new(Unbounded);
    private readonly Pipe response = new(Unbounded);
    private readonly CancellationTokenSource closed = new();
    private readonly Queue<ReadOnlyMemory<byte>> pieces;

    public MemoryConnection(params IEnumerable<ReadOnlyMemory<byte>> pieces) : base("m" + Interlocked.Increment(ref opened))
    {
        // Nothing would not wake the server.
        this.pieces = new(pieces.Where(p => !p.IsEmpty));
        Transport = new Ends(new Asking(request.Reader, Next), response.Writer);
        ConnectionClosed = closed.Token;
    }

    public PipeReader Answer => response.Reader;

    /// <summary>The client is gone.</summary>
    public void Cut() => closed.Cancel();

    public override void Abort(ConnectionAbortedException abortReason)
    {
        closed.Cancel();
        response.Writer.CancelPendingFlush();
        request.Reader.CancelPendingRead();
    }

    /// <summary>The server has done with it.</summary>
    public override async ValueTask DisposeAsync()
    {
        await request.Reader.CompleteAsync().ConfigureAwait(false);
        await response.Writer.CompleteAsync().ConfigureAwait(false);
        await base.DisposeAsync().ConfigureAwait(false);
    }

    private void Next()
    {
        if (pieces.TryDequeue(out var piece))
            Write(piece);
        else
            request.Writer.Complete();
    }

    /// <summary>The pipe has no bound, so this never waits.</summary>
    private async void Write(ReadOnlyMemory<byte> piece) => await request.Writer.WriteAsync(piece).ConfigureAwait(false);

    /// <summary>Tells when it is read and nothing is there.</summary>
    private sealed class Asking(PipeReader inner, Action next) : PipeReader
    {
        public override ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default)
        {
            var read = inner.ReadAsync(cancellationToken);
            if (!read.IsCompleted)
                next();
            return read;
        }

        public override bool TryRead(out ReadResult result) => inner.TryRead(out result);
        public override void AdvanceTo(SequencePosition consumed) => inner.AdvanceTo(consumed);
        public override void AdvanceTo(SequencePosition consumed, SequencePosition examined) => inner.AdvanceTo(consumed, examined);
        public override void CancelPendingRead() => inner.CancelPendingRead();
        public override void Complete(Exception? exception = null) => inner.Complete(exception);
    }

    private sealed record Ends(PipeReader Input, PipeWriter Output) : IDuplexPipe;
}
