using Agency.Api.Data;

namespace Agency.Api.Events;

/// <summary>
/// Something that happened between a bank and an agency, written in the transaction that did it. Both sides follow along by it:
/// <c>/v1/events</c> and every list's <c>changed_after</c> read these rows. It names things and holds nothing of them, so that
/// what it says may outlive the agency's sight of the case.
/// </summary>
/// <param name="Type">The deed as <c>noun.verb</c>, past tense: <c>repayment.confirmed</c>. The noun is the subject's kind.</param>
/// <param name="Subject">The thing.</param>
/// <param name="Bank">Whose business it is.</param>
/// <param name="Agency">The agency that may know of it; nobody but the bank when absent.</param>
/// <param name="Case">The case it happened in.</param>
/// <param name="Account">The account it happened to.</param>
internal sealed record Event(string Type, Id Subject, int Bank, int? Agency, Id? Case = null, Id? Account = null)
{
    private static readonly Sql Insert = new("""
        INSERT INTO event (id, bank_id, agency_id, type, subject, subject_id, case_id, account_id, occurred_at)
        VALUES (@id, @bank, @agency, @type, @kind, @subject, @case, @account, @at)
        """);

    /// <summary>One of <see cref="EventTypes"/>: a type that nobody could have read about is never written.</summary>
    public string Type { get; } = EventTypes.All.ContainsKey(Type) ? Type : throw new ArgumentException($"{Type} is no type of event.", nameof(Type));

    public Task WriteAsync(Session db, Id id, DateTimeOffset at) => db.ExecuteAsync(Insert, Parameters(id, at));

    /// <summary>Writes many, one round trip a row but one statement.</summary>
    public static Task WriteAsync(Session db, IEnumerable<(Event Event, Id Id)> events, DateTimeOffset at) =>
        db.ExecuteAsync(Insert, events.Select(e => e.Event.Parameters(e.Id, at)).ToList());

    private object Parameters(Id id, DateTimeOffset at) => new
    {
        id,
        bank = Bank,
        agency = Agency,
        type = Type,
        kind = EventTypes.KindOf(Type),
        subject = Subject,
        @case = Case,
        account = Account,
        at,
    };
}
