using Agency.Api.ContactRecords;

namespace Agency.Api.RulePacks;

/// <summary>All that the rules ask about a contact, whether it is about to be made or has been. Holds nothing that names the debtor.</summary>
internal sealed record ContactFacts
{
    public required LocalClock Clock { get; init; }

    public required DateTimeOffset At { get; init; }

    public required Channel Channel { get; init; }

    public Direction Direction { get; init; } = Direction.Outbound;

    public Party Party { get; init; } = Party.Debtor;

    /// <summary>What came of it; unknown while it is only asked for.</summary>
    public Outcome? Outcome { get; init; }

    /// <summary>The holder of the contact point asked not to be contacted there.</summary>
    public bool IsOptedOut { get; init; }

    /// <summary>The holder of the contact point agreed to be contacted there.</summary>
    public bool IsConsented { get; init; }

    /// <summary>The debtor has no phone that works, or the last three attempts at the debtor failed in a row.</summary>
    public bool IsUnreachable { get; init; }

    /// <summary>The related contact refused before.</summary>
    public bool HasRefused { get; init; }

    /// <summary>The bank had given notice of recall.</summary>
    public bool IsRecallPending { get; init; }

    /// <summary>A hold stood on the account.</summary>
    public bool IsHeld { get; init; }

    /// <summary>The channels that the agreement allows; all of them when it names none.</summary>
    public IReadOnlyCollection<Channel>? AgreedChannels { get; init; }

    /// <summary>What went before.</summary>
    public required ContactHistory History { get; init; }

    /// <summary>The debtor's day of the contact.</summary>
    public DateOnly Day => Clock.DayOf(At);

    /// <summary>A call that the agency places.</summary>
    public bool IsDial => Channel == Channel.Call && Direction == Direction.Outbound;
}

/// <summary>How often a debtor was called before a contact, told in the debtor's days and without the contact itself.</summary>
/// <param name="Day">The day of the contact, the last of those counted.</param>
/// <param name="Conversations">Calls on that day, to the debtor or about the debtor, in which somebody spoke.</param>
/// <param name="Unanswered">Dials on that day, to the same contact point, that nobody took.</param>
/// <param name="Calls">Calls to the party about this debt since a day: that day, the day before it, and so on for seven days.</param>
/// <param name="Talks">Conversations with the party about this debt, whoever called, counted likewise.</param>
internal sealed record ContactHistory(DateOnly Day, int Conversations, int Unanswered, IReadOnlyList<int> Calls, IReadOnlyList<int> Talks)
{
    /// <summary>How far back a rule can look, in days, the contact's own among them.</summary>
    public const int Days = 7;

    private static readonly int[] Nothing = new int[Days];

    public static ContactHistory None(DateOnly day) => new(day, 0, 0, Nothing, Nothing);

    /// <summary>On a day to come nothing has happened yet.</summary>
    public int ConversationsOn(DateOnly day) => day == Day ? Conversations : 0;

    public int UnansweredOn(DateOnly day) => day == Day ? Unanswered : 0;

    /// <summary>Calls from this day to the contact.</summary>
    public int CallsSince(DateOnly day) => Since(Calls, day);

    /// <summary>Conversations from this day to the contact.</summary>
    public int TalksSince(DateOnly day) => Since(Talks, day);

    private int Since(IReadOnlyList<int> counts, DateOnly day) => Day.DayNumber - day.DayNumber is >= 0 and var back ? counts[Math.Min(back, Days - 1)] : 0;
}
