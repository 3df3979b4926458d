using System.Text.Json;
using System.Text.Json.Serialization;

namespace Agency.Sdk;

/// <summary>A word of a list that may grow: a value this version does not know is kept as it came.</summary>
public interface IOpenEnum
{
    /// <summary>The word as the API writes it; empty where none was given.</summary>
    string Value { get; }
}

internal abstract class OpenEnumConverter<T>(Func<string, T> create) : JsonConverter<T>
    where T : struct, IOpenEnum
{
    public override T Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => create(reader.GetString() ?? "");

    public override void Write(Utf8JsonWriter writer, T value, JsonSerializerOptions options)
    {
        if (value.Value.Length == 0)
        {
            writer.WriteNullValue();
        }
        else
        {
            writer.WriteStringValue(value.Value);
        }
    }
}
