using Agency.Api.Agreements;
using Agency.Api.ContactRecords;
using Agency.Api.Data;
using Agency.Api.Http;
using Agency.Api.RulePacks;

namespace Agency.Api.ContactPermits;

/// <summary>Whose contact is judged. Known to an agency also after the case has ended, for late reports.</summary>
/// <param name="TimeZone">The debtor's, as far as the caller is shown it.</param>
internal sealed record JudgedCase(int Bank, Id Case, Id Account, Id Debtor, string? TimeZone, string Currency);

/// <summary>The contact that is judged.</summary>
/// <param name="Outcome">What came of it; null while it is only asked for.</param>
/// <param name="ContactPointId">Where, when the point is known by its id: it must be the debtor's.</param>
/// <param name="Point">Where, in words and in their normal form: a known contact point is found by it.</param>
/// <param name="Supersedes">The record it corrects, which does not count beside it.</param>
internal sealed record JudgedContact(
    Channel Channel, Direction Direction, Party Party, Outcome? Outcome, DateTimeOffset At, Id? ContactPointId = null, string? Point = null, Id? Supersedes = null);

/// <summary>What is kept with a contact record of how it was judged.</summary>
/// <param name="Breaches">The ids of the rules it broke.</param>
/// <param name="OverrideReason">Why it was made in spite of a warning: the record's own reason, or its permit's.</param>
internal sealed record RecordJudgement(IReadOnlyList<string> Breaches, string? OverrideReason);

/// <summary>
/// The one place that judges contacts: gathers what the rules ask and asks them. A contact that has happened is judged by the rules, the
/// hour and the counts of when it happened, and is recorded whatever they say. Lives as long as a request, so that a batch's records
/// count for one another: judge last, right before the record is written.
/// </summary>
internal sealed class ContactRules
{
    /// <summary>How far an agency's clock may be off ours.</summary>
    public static readonly TimeSpan ClockSkew = TimeSpan.FromMinutes(5);

    private const int FailuresInARow = 3;

    // What happened before the notice of recall, the hold, the opt-out or the consent is not judged by it, so each comes with its time.
    // SQLite is told what is rare: without, it takes for granted that a bank has ten of everything, and reads all of the bank's points,
    // holds and events for each contact.
    private static readonly Sql FindCircumstances = new(CircumstancesBy("", ""), CircumstancesBy("unlikely", "likely"));

    // Apart by who brought them: each half seeks its own index.
    private static readonly Sql CountPhones = new("""
        SELECT (SELECT COUNT(*) FROM contact_point AS b
                WHERE b.bank_id = @bank AND b.debtor_id = @debtor AND b.kind = 'phone' AND b.agency_id IS NULL AND b.party = 'debtor' AND b.status <> 'invalid')
            + (SELECT COUNT(*) FROM contact_point AS a
                WHERE a.bank_id = @bank AND a.debtor_id = @debtor AND a.kind = 'phone' AND a.agency_id IS NOT NULL AND a.party = 'debtor' AND a.status <> 'invalid')
        """);

    private readonly List<Told> told = [];

    private static string CircumstancesBy(string few, string many) => $"""
        SELECT v.terms,
            CASE WHEN c.state <> 'active' OR @at < @now
                THEN (SELECT MAX({many}(e.occurred_at)) FROM event AS e
                    WHERE e.bank_id = c.bank_id AND {few}(e.case_id = c.id) AND e.type = 'case.recall_pending' AND {many}(e.occurred_at <= @at)) END AS noticed_at,
            CASE WHEN c.state <> 'active' OR @at < @now
                THEN (SELECT MAX({many}(f.occurred_at)) FROM event AS f
                    WHERE f.bank_id = c.bank_id AND {few}(f.case_id = c.id) AND f.type IN ('case.recall_withdrawn', 'case.objection_accepted') AND {many}(f.occurred_at <= @at)) END AS freed_at,
            (SELECT COUNT(*) FROM account AS a WHERE a.bank_id = c.bank_id AND a.id = c.account_id) AS sees_account,
            (SELECT COUNT(*) FROM debtor AS d WHERE d.bank_id = c.bank_id AND d.id = c.debtor_id) AS sees_debtor,
            (SELECT COUNT(*) FROM hold AS h
                WHERE h.bank_id = c.bank_id AND {few}(h.account_id = c.account_id) AND h.raised_at <= @at AND (h.lifted_at IS NULL OR h.lifted_at > @at)) AS holds,
            p.id AS point_id, p.status AS point_status, p.consent AS point_consent, p.party AS point_party, p.value_cipher AS point_value, p.changed_at AS point_changed_at
        FROM [case] AS c
        INNER JOIN assignment AS s ON s.bank_id = c.bank_id AND s.id = c.assignment_id
        INNER JOIN agreement_version AS v ON v.bank_id = s.bank_id AND v.agreement_id = s.agreement_id AND v.version = s.agreement_version
        LEFT JOIN contact_point AS p ON p.bank_id = c.bank_id AND p.debtor_id = c.debtor_id
            AND p.id = COALESCE(@point, (SELECT MIN(q.id) FROM contact_point AS q WHERE q.bank_id = @bank AND {few}(q.value_index = @index) AND q.debtor_id = @debtor))
        WHERE c.bank_id = @bank AND c.id = @case
        """;

    /// <summary>Judges a contact that is asked for.</summary>
    public async Task<Judgement> JudgeAsync(Work work, JudgedCase @case, JudgedContact contact, CancellationToken cancellation)
    {
        var stands = await FindAsync(work, @case, contact, cancellation);
        var point = await PointAsync(work, @case, contact, stands, cancellation);
        var terms = AgreementTerms.Read(stands.Terms);
        var pack = RuleBook.Of(Words.Of(terms.RulePack));
        var clock = LocalClock.Of(@case.TimeZone ?? await ContactPast.TimeZoneAsync(work.Db, @case, cancellation), pack.TimeZone);

        // Whoever the caller means: a related contact's number reaches the related contact.
        var party = point?.Party == "related_contact" ? Party.RelatedContact : contact.Party;
        var about = new ContactCounts.Question(
            @case.Bank, @case.Debtor, @case.Account, party, stands.PointId ?? contact.ContactPointId, DigestOf(work, @case, contact, stands), contact.At, contact.Supersedes ?? default);
        var facts = new ContactFacts
        {
            Clock = clock,
            At = contact.At,
            Channel = contact.Channel,
            Direction = contact.Direction,
            Party = party,
            Outcome = contact.Outcome,
            AgreedChannels = terms.AllowedChannels,
            IsOptedOut = point is { IsOptedOut: true },
            IsConsented = point is { IsConsented: true },
            IsRecallPending = stands.NoticedAt is { } noticed && !(stands.FreedAt >= noticed),
            IsHeld = stands.SeesAccount ? stands.Holds > 0 : await ContactPast.WasHeldAsync(work.Db, @case, contact.At, cancellation),
            History = ContactHistory.None(clock.DayOf(contact.At)),
        };
        if (facts.IsDial)
        {
            facts = facts with { History = await HistoryAsync(work, pack, facts, about, cancellation) };
        }

        if (party == Party.RelatedContact && contact.Direction == Direction.Outbound)
        {
            facts = facts with { IsUnreachable = await IsUnreachableAsync(work, @case, stands, about, cancellation), HasRefused = await HasRefusedAsync(work, about, cancellation) };
        }

        if (contact.Outcome is { } outcome)
        {
            told.Add(new Told(about, contact.Channel, contact.Direction, outcome));
        }

        return Judgement.Of(pack, facts);
    }

    /// <summary>
    /// Judges a contact that happened, for the record of it. A permit that is named must be one for it. A warning is no breach where a
    /// reason was given: the record's own covers all, the permit's those that the permit was warned of.
    /// </summary>
    public async Task<RecordJudgement> JudgeRecordAsync(
        Work work, JudgedCase @case, JudgedContact contact, Id? permitId, string? overrideReason, CancellationToken cancellation)
    {
        var permit = permitId is { } id ? await PermitUse.RequireAsync(work, id, @case.Case, contact, cancellation) : null;
        var judged = await JudgeAsync(work, @case, contact with { ContactPointId = contact.ContactPointId ?? permit?.ContactPointId }, cancellation);
        var breaches = judged.Findings
            .Where(finding => finding.Rule.Answer == RuleAnswer.Deny || (overrideReason is null && permit?.Overrides(finding.Rule.RuleId) is not true))
            .Select(finding => finding.Rule.RuleId)
            .ToList();
        return new RecordJudgement(breaches, overrideReason ?? permit?.OverrideReason);
    }

    // As the agency sees it, unless it has changed since the contact was made or is not shown any more.
    private static async Task<ContactPast.PointThen?> PointAsync(Work work, JudgedCase @case, JudgedContact contact, Circumstances stands, CancellationToken cancellation) =>
        stands.PointId is not null && !(stands.PointChangedAt > contact.At)
            ? new(stands.PointParty!, stands.PointStatus == "opted_out", stands.PointConsent == "given")
            : (stands.PointId ?? contact.ContactPointId) is { } id ? await ContactPast.PointAsync(work.Db, @case.Bank, id, contact.At, cancellation) : null;

    private static async Task<Circumstances> FindAsync(Work work, JudgedCase @case, JudgedContact contact, CancellationToken cancellation)
    {
        // A point that is named by its id needs no looking for.
        var normal = contact.ContactPointId is null ? contact.Point : null;
        var stands = await work.Db.FindAsync<Circumstances>(
            FindCircumstances,
            new
            {
                @case.Bank,
                @case.Case,
                @case.Debtor,
                contact.At,
                work.Now,
                point = contact.ContactPointId,
                index = normal is null ? null : work.PrivateFields.BlindIndex(@case.Bank, "contact_point", "value_index", normal),
            },
            cancellation) ?? throw Cases.CaseProblems.NotFound.Refuse();
        return contact.ContactPointId is not null && stands.PointId is null && contact.Outcome is null ? throw ContactPermitProblems.PointUnknown.Refuse() : stands;
    }

    // The digest that records keep of the point in words, in its normal form: a number counts as one however it is written.
    private static byte[]? DigestOf(Work work, JudgedCase @case, JudgedContact contact, Circumstances stands)
    {
        if (contact.Channel != Channel.Call)
        {
            return null;
        }

        var fields = work.PrivateFields;
        var value = contact.Point is not null ? contact.Point
            : stands.PointId is { } id ? fields.Decrypt(@case.Bank, "contact_point", "value_cipher", id, stands.PointValue!) : null;
        return value is null ? null : fields.BlindIndex(@case.Bank, "contact_note", "point", value);
    }

    private async Task<ContactHistory> HistoryAsync(Work work, RuleBook pack, ContactFacts facts, ContactCounts.Question about, CancellationToken cancellation)
    {
        var day = facts.Day;
        var starts = Enumerable.Range(0, ContactHistory.Days).Select(back => facts.Clock.From(day.AddDays(-back))).ToList();
        var history = ContactHistory.None(day);
        if (pack.CountsDays)
        {
            var (conversations, unanswered) = await ContactCounts.OnDayAsync(work.Db, about, starts[0], cancellation);
            var today = told.Where(t => t.IsCounted(about, starts[0]) && t.Direction == Direction.Outbound).ToList();
            history = history with
            {
                Conversations = conversations + today.Count(t => OutcomeSets.Spoken.Contains(t.Outcome)),
                Unanswered = unanswered + today.Count(t => OutcomeSets.Unanswered.Contains(t.Outcome) && t.IsAtPointOf(about)),
            };
        }

        if (pack.CountsWeeks)
        {
            var (calls, talks) = await ContactCounts.InWeekAsync(work.Db, about, starts, cancellation);
            history = history with
            {
                Calls = [.. starts.Select((start, i) => calls[i] + told.Count(t => t.IsCountedOnDebt(about, start) && t.Direction == Direction.Outbound && !OutcomeSets.Unconnected.Contains(t.Outcome)))],
                Talks = [.. starts.Select((start, i) => talks[i] + told.Count(t => t.IsCountedOnDebt(about, start) && OutcomeSets.RightParty.Contains(t.Outcome)))],
            };
        }

        return history;
    }

    private async Task<bool> IsUnreachableAsync(Work work, JudgedCase @case, Circumstances stands, ContactCounts.Question about, CancellationToken cancellation)
    {
        var phones = stands.SeesDebtor
            ? await work.Db.FindAsync<int>(CountPhones, new { about.Bank, about.Debtor }, cancellation)
            : await ContactPast.CountPhonesAsync(work.Db, @case, work.Tenant, cancellation);
        return phones == 0 || await ContactCounts.FailuresInARowAsync(work.Db, about, [.. told.Where(t => t.IsAttempt(about)).Select(t => (t.About.At, t.Direction, t.Outcome))], cancellation) >= FailuresInARow;
    }

    private async Task<bool> HasRefusedAsync(Work work, ContactCounts.Question about, CancellationToken cancellation) =>
        told.Exists(t => t.IsRefusal(about)) || await ContactCounts.RefusalsAsync(work.Db, about, cancellation) > 0;

    private sealed record Circumstances(
        string Terms, DateTimeOffset? NoticedAt, DateTimeOffset? FreedAt, bool SeesAccount, bool SeesDebtor, int Holds, Id? PointId, string? PointStatus, string? PointConsent,
        string? PointParty, byte[]? PointValue, DateTimeOffset? PointChangedAt);

    // A contact of this very request, not committed yet: the counter does not see it.
    private sealed record Told(ContactCounts.Question About, Channel Channel, Direction Direction, Outcome Outcome)
    {
        public bool IsCounted(ContactCounts.Question by, DateTimeOffset since) =>
            Channel == Channel.Call && About.Bank == by.Bank && About.Debtor == by.Debtor && About.At >= since && About.At <= by.At;

        public bool IsCountedOnDebt(ContactCounts.Question by, DateTimeOffset since) => IsCounted(by, since) && About.Account == by.Account && About.Party == by.Party;

        public bool IsAttempt(ContactCounts.Question by) => About.Bank == by.Bank && About.Debtor == by.Debtor && About.Party == Party.Debtor && About.At <= by.At;

        public bool IsRefusal(ContactCounts.Question by) =>
            About.Bank == by.Bank && About.Debtor == by.Debtor && About.Party == Party.RelatedContact && Outcome == Outcome.ThirdPartyRefused && About.At <= by.At
            && (IsAtPointOf(by) || (by.Point is null && by.Digest is null) || (About.Point is null && About.Digest is null));

        public bool IsAtPointOf(ContactCounts.Question by) => by.Point is null && by.Digest is null
            ? About.Point is null && About.Digest is null
            : (by.Point is not null && About.Point == by.Point) || (by.Digest is not null && About.Digest is not null && by.Digest.AsSpan().SequenceEqual(About.Digest));
    }
}
