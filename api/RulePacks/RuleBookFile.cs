using System.Text.Json;
using Agency.Api.Http;
using Agency.Api.RulePacks.Kinds;

namespace Agency.Api.RulePacks;

/// <summary>A rule pack as it is written down. What is not right in it is told when it is read, not when a contact is judged.</summary>
/// <param name="Like">The pack whose rules it has beside its own.</param>
internal sealed record RuleBookFile(string Code, string Title, string TitleZh, string TimeZone, RecordRetention Retention, IReadOnlyList<RuleBookFile.Entry> Rules, string? Like = null)
{
    private const string Folder = "rule-packs/";

    private static readonly Dictionary<string, Type> Kinds = new(StringComparer.Ordinal)
    {
        ["hours"] = typeof(Hours),
        ["daily_conversations"] = typeof(DailyConversations),
        ["daily_unanswered"] = typeof(DailyUnanswered),
        ["calls_per_debt"] = typeof(CallsPerDebt),
        ["after_conversation"] = typeof(AfterConversation),
        ["parties"] = typeof(Parties),
        ["related_contact"] = typeof(RelatedContact),
        ["opt_out"] = typeof(OptOut),
        ["recall_pending"] = typeof(RecallPending),
        ["hold"] = typeof(Hold),
        ["agreed_channels"] = typeof(AgreedChannels),
    };

    /// <summary>One version of a rule.</summary>
    internal sealed record Entry(
        string RuleId, string Kind, RuleAnswer Answer, string Title, string TitleZh, string Citation, string Source, DateOnly EffectiveFrom,
        JsonElement Parameters, DateOnly? EffectiveTo = null);

    /// <summary>The packs that stand in the assembly.</summary>
    public static IEnumerable<RuleBook> ReadAll()
    {
        var assembly = typeof(RuleBookFile).Assembly;
        foreach (var name in assembly.GetManifestResourceNames().Where(name => name.StartsWith(Folder, StringComparison.Ordinal)))
        {
            var file = Parse(TextOf(name));
            var book = Read(file.Like is { } like ? file with { Rules = [.. Parse(TextOf($"{Folder}{like}.json")).Rules, .. file.Rules] } : file);
            yield return name == $"{Folder}{book.Code}.json" ? book : throw new InvalidDataException($"The rule pack {book.Code} stands in {name}.");
        }

        string TextOf(string name)
        {
            using var stream = new StreamReader(assembly.GetManifestResourceStream(name) ?? throw new InvalidDataException($"There is no {name}."));
            return stream.ReadToEnd();
        }
    }

    /// <summary>Reads a pack.</summary>
    /// <exception cref="InvalidDataException">It is not one, or one of its rules says what can't be.</exception>
    public static RuleBook Read(string json) => Read(Parse(json));

    private static RuleBook Read(RuleBookFile file)
    {
        var versions = file.Rules.Select(ReadRule).ToList();
        foreach (var (earlier, later) in versions.Select(version => version.Rule).SelectMany(_ => versions.Select(version => version.Rule), (a, b) => (a, b)))
        {
            if (!ReferenceEquals(earlier, later) && earlier.RuleId == later.RuleId && later.IsInForceOn(earlier.EffectiveFrom))
            {
                throw new InvalidDataException($"{earlier.RuleId}: two versions are in force on {earlier.EffectiveFrom:O}.");
            }
        }

        return file.Retention is { Years: > 0 }
            ? new RuleBook(file.Code, file.Title, file.TitleZh, file.TimeZone, file.Retention, versions)
            : throw new InvalidDataException($"{file.Code} does not say how long records are kept.");
    }

    private static RuleBookFile Parse(string json)
    {
        try
        {
            return JsonSerializer.Deserialize<RuleBookFile>(json, Json.Options) ?? throw new InvalidDataException("The rule pack is empty.");
        }
        catch (JsonException exception)
        {
            throw new InvalidDataException($"The rule pack can't be read: {exception.Message}", exception);
        }
    }

    private static RuleVersion ReadRule(Entry entry)
    {
        if (!Kinds.TryGetValue(entry.Kind, out var type))
        {
            throw new InvalidDataException($"{entry.RuleId}: there is no kind of rule {entry.Kind}.");
        }

        var kind = KindOf(entry, type);
        var fault = kind.Fault
            ?? (entry.Answer == RuleAnswer.Allow ? "a rule warns or denies" : null)
            ?? (entry.EffectiveTo < entry.EffectiveFrom ? "it ends before it begins" : null);
        if (fault is not null)
        {
            throw new InvalidDataException($"{entry.RuleId}: {fault}.");
        }

        var figures = entry.Parameters.EnumerateObject().ToDictionary(figure => figure.Name, figure => figure.Value.ToString(), StringComparer.Ordinal);
        return new RuleVersion(
            new ContactRule(entry.RuleId, entry.Answer, entry.Title, entry.TitleZh, entry.Citation, entry.Source, entry.EffectiveFrom, entry.EffectiveTo, figures), kind);
    }

    private static RuleKind KindOf(Entry entry, Type type)
    {
        try
        {
            return (RuleKind)(entry.Parameters.Deserialize(type, Json.Options) ?? throw new InvalidDataException($"{entry.RuleId}: it has no parameters."));
        }
        catch (JsonException exception)
        {
            throw new InvalidDataException($"{entry.RuleId}: its parameters can't be read: {exception.Message}", exception);
        }
    }
}
