using System.Buffers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Agency.Api.Agreements;
using Agency.Api.Cases;
using Agency.Api.Http;
using Agency.Api.Portfolios;
using Agency.Api.Teams;
using Agency.Api.Tenants;
using Agency.Api.Webhooks;

namespace Agency.Api.AuditLog;

/// <summary>One field that a deed changed, as its answer writes it: a word, day or number as it is, what has parts as JSON.</summary>
/// <param name="Field">Its name in the answer.</param>
/// <param name="Before">What it was; absent for nothing.</param>
/// <param name="After">What it became; absent for nothing.</param>
public sealed record AuditChange(string Field, string? Before, string? After);

/// <summary>
/// What a deed changed, field by field: <c>{"state":["reported","confirmed"]}</c>. It is of states, ids, days, numbers and money. Text is left
/// out unless it is named here: whatever somebody could write about a debtor is never in it, neither in clear nor as a digest.
/// </summary>
internal static class BeforeAfter
{
    private const string Nothing = "{}";

    /// <summary>Text that is no debtor's: names and settings of the tenant's own, codes of the service's.</summary>
    private static readonly HashSet<(Type, string)> Told =
    [
        (typeof(Agreement), nameof(Agreement.Title)),
        (typeof(ApiClient), nameof(ApiClient.Scopes)),
        (typeof(Case), nameof(Case.AgencyReference)),
        (typeof(Case), nameof(Case.EndReason)),
        (typeof(Money), nameof(Money.Currency)),
        (typeof(Person), nameof(Person.Role)),
        (typeof(Portfolio), nameof(Portfolio.Name)),
        (typeof(RepaymentChannel), nameof(RepaymentChannel.Code)),
        (typeof(Team), nameof(Team.Name)),
        (typeof(TeamMember), nameof(TeamMember.Role)),
        (typeof(WebhookSubscription), nameof(WebhookSubscription.Types)),
        (typeof(WebhookSubscription), nameof(WebhookSubscription.Url)),
    ];

    /// <summary>What changes beside the thing itself: its account, and that it changed.</summary>
    private static readonly HashSet<string> LeftOut = ["Account", "ChangedAt"];

    private static readonly JsonSerializerOptions Options = new(Json.Options)
    {
        TypeInfoResolver = new DefaultJsonTypeInfoResolver { Modifiers = { LeaveOut } },
    };

    /// <summary>What is different in the same thing, before a deed and after it; null when nothing is.</summary>
    public static string? Between(object before, object after)
    {
        using var was = JsonSerializer.SerializeToDocument(before, before.GetType(), Options);
        using var became = JsonSerializer.SerializeToDocument(after, after.GetType(), Options);
        return Write(writer =>
        {
            foreach (var name in was.RootElement.EnumerateObject().Concat(became.RootElement.EnumerateObject()).Select(property => property.Name).Distinct(StringComparer.Ordinal))
            {
                var (isOld, isNew) = (was.RootElement.TryGetProperty(name, out var old), became.RootElement.TryGetProperty(name, out var fresh));
                if (isOld != isNew || !JsonElement.DeepEquals(old, fresh))
                {
                    WritePair(writer, name, isOld ? old : null, isNew ? fresh : null);
                }
            }
        });
    }

    /// <summary>That the state went from one to another, where no answer tells.</summary>
    public static string? OfState<T>(T before, T after)
        where T : struct, Enum => Of("state", Words.Of(before), Words.Of(after));

    /// <summary>That one field went from one word or day to another; null when it did not.</summary>
    public static string? Of<T>(string field, T before, T after) => Of((field, before, after));

    /// <summary>The same of several.</summary>
    public static string? Of<T>(params ReadOnlySpan<(string Field, T Before, T After)> fields)
    {
        (string, T, T)[] changed = [.. fields];
        return Write(writer =>
        {
            foreach (var (field, before, after) in changed)
            {
                if (!EqualityComparer<T>.Default.Equals(before, after))
                {
                    WritePair(writer, field, JsonSerializer.SerializeToElement(before, Options), JsonSerializer.SerializeToElement(after, Options));
                }
            }
        });
    }

    /// <summary>What was written, for who reads it.</summary>
    public static IReadOnlyList<AuditChange>? Read(string? changes)
    {
        if (changes is null)
        {
            return null;
        }

        using var read = JsonDocument.Parse(changes);
        return [.. read.RootElement.EnumerateObject().Select(field => new AuditChange(field.Name, Text(field.Value[0]), Text(field.Value[1])))];
    }

    private static string? Text(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Null => null,
        JsonValueKind.String => value.GetString(),
        _ => value.GetRawText(),
    };

    private static string? Write(Action<Utf8JsonWriter> fields)
    {
        var bytes = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(bytes, new JsonWriterOptions { Encoder = Json.Options.Encoder }))
        {
            writer.WriteStartObject();
            fields(writer);
            writer.WriteEndObject();
        }

        return Encoding.UTF8.GetString(bytes.WrittenSpan) is var text and not Nothing ? text : null;
    }

    private static void WritePair(Utf8JsonWriter writer, string name, JsonElement? before, JsonElement? after)
    {
        writer.WriteStartArray(name);
        JsonSerializer.Serialize(writer, before, Options);
        JsonSerializer.Serialize(writer, after, Options);
        writer.WriteEndArray();
    }

    private static void LeaveOut(JsonTypeInfo type)
    {
        foreach (var property in type.Properties.ToList())
        {
            var name = (property.AttributeProvider as System.Reflection.PropertyInfo)?.Name ?? property.Name;
            var isText = property.PropertyType == typeof(string) || property.PropertyType.IsAssignableTo(typeof(IEnumerable<string>));
            if (LeftOut.Contains(name) || (isText && !Told.Contains((type.Type, name))))
            {
                _ = type.Properties.Remove(property);
            }
        }
    }
}
