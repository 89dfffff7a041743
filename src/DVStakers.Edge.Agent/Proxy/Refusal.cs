using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace DVStakers.Edge.Agent.Proxy;

/// <summary>The proxy's own errors, in the Beacon API's form: {"code": 503, "message": "..."}.</summary>
internal static class Refusal
{
    public static async Task Write(HttpContext context, int status, string message)
    {
        if (context.Response.HasStarted)
        {
            context.Abort();
            return;
        }
        var body = new System.Buffers.ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(body))
        {
            json.WriteStartObject();
            json.WriteNumber("code", status);
            json.WriteString("message", "dvstakers-edge: " + message);
            json.WriteEndObject();
        }
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/json";
        context.Response.ContentLength = body.WrittenCount;
        await context.Response.Body.WriteAsync(body.WrittenMemory, context.RequestAborted).ConfigureAwait(false);
    }
}
