using System.Text.Json;
using DVStakers.Edge.Core.Chain;

namespace DVStakers.Edge.Core.Routing;

/// <summary>An answer for the head: /eth/v1/beacon/blocks/head/root and /eth/v1/beacon/headers/head.</summary>
public static class HeadAnswer
{
    /// <summary>True where the path asks for the head itself, and not for a block by its slot or root.</summary>
    public static bool IsFor(string path) => path.TrimEnd('/') is var p && (p.EndsWith("/head", StringComparison.Ordinal) || p.EndsWith("/head/root", StringComparison.Ordinal));

    /// <summary>The root that it gives (data.root); null where the body is something else.</summary>
    public static Root? Read(ReadOnlySpan<byte> body)
    {
        try
        {
            var reader = new Utf8JsonReader(body);
            using var json = JsonDocument.ParseValue(ref reader);
            return json.RootElement.ValueKind == JsonValueKind.Object && json.RootElement.TryGetProperty("data", out var data) && data.ValueKind == JsonValueKind.Object
                && data.TryGetProperty("root", out var text) && text.ValueKind == JsonValueKind.String && Root.TryParse(text.GetString(), out var root)
                ? root
                : null;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return null;
        }
    }
}
