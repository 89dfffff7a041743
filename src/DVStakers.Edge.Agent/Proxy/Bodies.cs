using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace DVStakers.Edge.Agent.Proxy;

/// <summary>Reads the bodies of requests whole: they may have to go to several nodes. Bounded each, and all together.</summary>
/// <param name="most">Bytes of one body.</param>
internal sealed class Bodies(long most)
{
    /// <summary>Each body has this much for itself, so that large ones cannot keep attestations out.</summary>
    private const int Free = 256 * 1024;

    private const int LargeOnesAtOnce = 4;

    private long held;

    /// <summary>A body as read; <see cref="Refusal"/> is the status where it was not. Disposed when the client has its answer.</summary>
    internal readonly struct Body(Bodies? bodies, long charged, ReadOnlyMemory<byte> bytes, int refusal) : IDisposable
    {
        public ReadOnlyMemory<byte> Bytes { get; } = bytes;
        public int Refusal { get; } = refusal;

        public void Dispose() => bodies?.GiveBack(charged);
    }

    public async Task<Body> Read(HttpRequest request, CancellationToken gone)
    {
        if (request.ContentLength is 0 || (request.ContentLength is null && request.HttpContext.Features.Get<IHttpRequestBodyDetectionFeature>()?.CanHaveBody != true))
            return default;
        if (request.ContentLength > most)
            return new Body(null, 0, default, 413);
        // A length that was only announced must not cost memory: the buffer grows with what comes.
        var buffer = new byte[(int)Math.Min(request.ContentLength + 1 ?? 4096, Free)];
        var filled = 0;
        var charged = 0L;
        var complete = false;
        try
        {
            while (await request.Body.ReadAsync(buffer.AsMemory(filled), gone).ConfigureAwait(false) is > 0 and var read)
            {
                filled += read;
                if (filled > most)
                    return new Body(null, 0, default, 413);
                if (filled < buffer.Length)
                    continue;
                var larger = Math.Min(buffer.Length * 2L, most + 1);
                if (!Take(larger - buffer.Length))
                    return new Body(null, 0, default, 503);
                charged += larger - buffer.Length;
                Array.Resize(ref buffer, (int)larger);
            }
            complete = true;
            return new Body(this, charged, buffer.AsMemory(0, filled), 0);
        }
        finally
        {
            if (!complete)
                GiveBack(charged);
        }
    }

    private bool Take(long bytes)
    {
        if (Interlocked.Add(ref held, bytes) <= most * LargeOnesAtOnce)
            return true;
        GiveBack(bytes);
        return false;
    }

    private void GiveBack(long bytes) => Interlocked.Add(ref held, -bytes);
}
