using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace DVStakers.Edge.Tests.Agent.Config;

/// <summary>A server on a free port of this machine, with one handler.</summary>
internal sealed class FakeNode : IAsyncDisposable
{
    private readonly WebApplication application;

    private FakeNode(WebApplication application)
    {
        this.application = application;
        Port = new Uri(application.Urls.First()).Port;
    }

    public int Port { get; }

    public static async Task<FakeNode> Start(RequestDelegate handle)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var application = builder.Build();
        application.Run(handle);
        await application.StartAsync();
        return new FakeNode(application);
    }

    public static Task<FakeNode> Beacon(string version, string? headBlock) => Start(context => context.Request.Path.Value switch
    {
        "/eth/v1/node/version" => Json(context, $$$"""{"data":{"version":"{{{version}}}"}}"""),
        "/eth/v2/beacon/blocks/head" when headBlock is not null =>
            Json(context, """{"version":"deneb","data":{"message":{"slot":"1","body":{"execution_payload":{"block_hash":"HASH"}}}}}""".Replace("HASH", headBlock, StringComparison.Ordinal)),
        _ => Status(context, 404),
    });

    /// <param name="isLocked">Says of a request's Authorization whether it is turned away, as an engine port does.</param>
    public static Task<FakeNode> Execution(string version, string latest, string[] known, Func<string, bool>? isLocked = null) => Start(async context =>
    {
        if (isLocked?.Invoke(context.Request.Headers.Authorization.ToString()) == true)
        {
            context.Response.StatusCode = 401;
            return;
        }
        using var reader = new StreamReader(context.Request.Body);
        var body = await reader.ReadToEndAsync();
        await Json(context, $$"""{"jsonrpc":"2.0","id":1,"result":{{Result()}}}""");

        string Result() =>
            body.Contains("eth_chainId", StringComparison.Ordinal) ? "\"0x1\""
            : body.Contains("web3_clientVersion", StringComparison.Ordinal) ? $"\"{version}\""
            : body.Contains("eth_getBlockByNumber", StringComparison.Ordinal) ? $$"""{"hash":"{{latest}}"}"""
            : known.FirstOrDefault(k => body.Contains(k, StringComparison.Ordinal)) is { } hash ? $$"""{"hash":"{{hash}}"}""" : "null";
    });

    public static Task Json(HttpContext context, string json)
    {
        context.Response.ContentType = "application/json";
        return context.Response.WriteAsync(json);
    }

    public static Task Status(HttpContext context, int status)
    {
        context.Response.StatusCode = status;
        return Task.CompletedTask;
    }

    public async ValueTask DisposeAsync() => await application.DisposeAsync();
}
