using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace DVStakers.Edge.Core.Messages;

/// <summary>How the messages become JSON: snake_case keys in order of declaration, one line, nothing escaped that a person can read.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true,
    Converters = [typeof(UtcMilliseconds)])]
[JsonSerializable(typeof(HealthMessage))]
[JsonSerializable(typeof(RankingMessage))]
[JsonSerializable(typeof(EventMessage))]
[JsonSerializable(typeof(DutiesMessage))]
internal sealed partial class MessageJson : JsonSerializerContext
{
    /// <summary>The payload of every topic is UTF-8 and never part of a web page, so the apostrophe and the like stay as they are.</summary>
    public static MessageJson Readable => Relaxed.Instance;

    // A class of its own: it is made from Default, which must be there first.
    private static class Relaxed
    {
        public static readonly MessageJson Instance = new(new JsonSerializerOptions(Default.Options)
        {
            Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        });
    }
}

/// <summary>RFC 3339 in UTC with milliseconds: <c>2026-01-31T12:00:00.250Z</c>.</summary>
internal sealed class UtcMilliseconds : JsonConverter<DateTimeOffset>
{
    public override DateTimeOffset Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => reader.GetDateTimeOffset();

    public override void Write(Utf8JsonWriter writer, DateTimeOffset value, JsonSerializerOptions options) =>
        writer.WriteStringValue(value.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture));
}
