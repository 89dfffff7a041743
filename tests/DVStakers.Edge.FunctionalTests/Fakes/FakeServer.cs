using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Hosting;
using System.Net;
using System.Security.Cryptography.X509Certificates;

namespace DVStakers.Edge.FunctionalTests.Fakes;

/// <summary>
/// A real Kestrel on a loopback port that can be killed and restarted on the same port (<see cref="Kill"/>, <see cref="Restart"/>),
/// or stopped and continued as by SIGSTOP (<see cref="Freeze"/>, <see cref="Thaw"/>: it accepts connections and says nothing).
/// </summary>
internal abstract class FakeServer : IAsyncDisposable
{
    private WebApplication? app;
    private volatile TaskCompletionSource thawed = Thawed();

    public RequestLog Requests { get; } = new();
    public Uri Address { get; private set; } = new("http://127.0.0.1:0");

    /// <summary>Makes it an HTTPS server from its next start on.</summary>
    public X509Certificate2? Certificate { get; set; }

    /// <summary>Before the first start: this port instead of a free one.</summary>
    protected void ListenOn(int port) => Address = new Uri($"http://127.0.0.1:{port}");

    /// <summary>Everything listens from here on; the port does not change until disposal.</summary>
    public async Task Restart()
    {
        if (app is not null)
            throw new InvalidOperationException("The server is running.");
        // No configuration files: each would be watched, and the system has few watches.
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore();
        if (Certificate is not null)
            builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Listen(IPAddress.Loopback, Address.Port, listener =>
            {
                if (Certificate is not null)
                    listener.UseHttps(Certificate);
            });
            kestrel.Limits.MaxRequestBodySize = null;
        });
        app = builder.Build();
        app.Run(Serve);
        await app.StartAsync();
        Address = new Uri(app.Urls.Single());
    }

    /// <summary>Open connections are aborted and new ones refused, as when the process is killed.</summary>
    public async Task Kill()
    {
        if (Interlocked.Exchange(ref app, null) is not { } running)
            return;
        await running.StopAsync(new CancellationToken(canceled: true));
        await running.DisposeAsync();
    }

    public void Freeze()
    {
        if (thawed.Task.IsCompleted)
            thawed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    public void Thaw() => thawed.TrySetResult();

    public async ValueTask DisposeAsync()
    {
        Thaw();
        await Kill();
    }

    protected Task Awake(CancellationToken cancel) => thawed.Task.WaitAsync(cancel);

    /// <summary>The answer to a request; null where it was written already.</summary>
    protected abstract Task<Reply?> Answer(RecordedRequest request, HttpContext context);

    protected static async Task Write(Reply reply, HttpContext context)
    {
        await reply.After.WaitAsync(context.RequestAborted);
        if (reply.Raw is { } raw)
        {
            await context.Features.Get<IConnectionTransportFeature>()!.Transport.Output.WriteAsync(raw, context.RequestAborted);
            // The web server must not add an answer of its own.
            await Task.Delay(Timeout.Infinite, context.RequestAborted);
        }
        context.Response.StatusCode = reply.Status;
        context.Response.ContentType = reply.ContentType;
        context.Response.ContentLength = reply.Body.Length;
        foreach (var (name, value) in reply.Headers)
            context.Response.Headers[name] = value;
        await context.Response.Body.WriteAsync(reply.CutAt is { } cut ? reply.Body[..cut] : reply.Body, context.RequestAborted);
        if (reply.CutAt is not null)
        {
            await context.Response.Body.FlushAsync(context.RequestAborted);
            context.Abort();
        }
    }

    private async Task Serve(HttpContext context)
    {
        try
        {
            var body = new MemoryStream();
            await context.Request.Body.CopyToAsync(body, context.RequestAborted);
            var request = new RecordedRequest(
                context.Request.Method,
                context.Request.Path,
                context.Request.QueryString.ToString(),
                context.Request.Headers.ToDictionary(h => h.Key, h => h.Value.ToString(), StringComparer.OrdinalIgnoreCase),
                body.ToArray());
            Requests.Add(request);
            await Awake(context.RequestAborted);
            if (await Answer(request, context) is { } reply)
                await Write(reply, context);
        }
        catch (Exception) when (context.RequestAborted.IsCancellationRequested)
        {
            // The other side went away, or the server was killed: there is nobody to answer.
            Requests.Abort();
        }
    }

    private static TaskCompletionSource Thawed()
    {
        var source = new TaskCompletionSource();
        source.SetResult();
        return source;
    }
}
