namespace Agency.Portal.Pages.Webhooks;

/// <summary>Which events are sent, as typed: all, those about some kinds of things, or single types.</summary>
public sealed class EventChoice
{
    private const string Everything = "*";

    /// <summary>The kinds of things that events are about.</summary>
    public static IReadOnlyList<string> Kinds { get; } =
    [
        "account", "agreement", "assignment", "case", "contact_permit", "contact_point", "contact_record", "debtor", "direct_payment", "evidence_file",
        "hold", "ledger_entry", "person", "promise", "repayment", "settlement_proposal", "statement", "waiver",
    ];

    /// <summary>What is ticked: <c>*</c>, or kinds as <c>noun.*</c>.</summary>
    public List<string> Ticked { get; set; } = [];

    /// <summary>Single types, with spaces between.</summary>
    public string? Others { get; set; }

    /// <summary>The same, as the API has it.</summary>
    public IReadOnlyList<string> Types => [.. Ticked.Concat((Others ?? "").Split([' ', ',', '，', '\r', '\n', '\t'], StringSplitOptions.RemoveEmptyEntries)).Distinct(StringComparer.Ordinal)];

    public static EventChoice Of(IReadOnlyList<string> types)
    {
        var ticked = types.Where(type => type == Everything || (type.EndsWith(".*", StringComparison.Ordinal) && Kinds.Contains(type[..^2], StringComparer.Ordinal))).ToList();
        return new EventChoice { Ticked = ticked, Others = string.Join(' ', types.Except(ticked, StringComparer.Ordinal)) };
    }
}
