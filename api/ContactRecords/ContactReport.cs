using System.Text.Json;
using Agency.Api.Cases;
using Agency.Api.ContactPermits;
using Agency.Api.Data;
using Agency.Api.Http;
using Agency.Api.Identity;
using Agency.Api.Imports;

namespace Agency.Api.ContactRecords;

/// <summary>A contact that was found fit to be recorded.</summary>
/// <param name="Id">The record it becomes.</param>
internal sealed record ContactReport(Id Id, Tenure Tenure, NewContactRecord Contact)
{
    /// <summary>The point in words, in its normal form; worked out once, since for most of the world's numbers that takes long.</summary>
    public string? NormalPoint { get; } = Contact.Point is null ? null : NormalForm.Point(Contact.Point, Tenure.Currency);

    /// <summary>The ids of the rules that it broke, with a space between; null when it broke none. Flagged, never a reason to drop it.</summary>
    public string? Breaches { get; init; }

    /// <summary>Why it was made in spite of a warning: its own reason, or its permit's.</summary>
    public string? OverrideReason { get; init; }

    /// <summary>The same, judged by the rules of when it happened. Last before it is written: what was judged counts for the next.</summary>
    public async Task<ContactReport> JudgedAsync(Work work, ContactRules rules, CancellationToken cancellation)
    {
        var judged = await rules.JudgeRecordAsync(
            work,
            new(Tenure.BankId, Tenure.CaseId, Tenure.AccountId, Tenure.DebtorId, Tenure.TimeZone, Tenure.Currency),
            new(Contact.Channel, Contact.Direction, Contact.Party, Contact.Outcome, Contact.OccurredAt, Contact.ContactPointId, NormalPoint, Contact.Supersedes),
            Contact.PermitId,
            Contact.OverrideReason,
            cancellation);
        return this with { Breaches = judged.Breaches.Count == 0 ? null : string.Join(' ', judged.Breaches), OverrideReason = judged.OverrideReason };
    }
}

/// <summary>
/// Finds what the contacts of one request stand on: the tenures of their cases, the points, the records and the people they name. It is
/// read at once for all of them, so a thousand ask the database as often as one.
/// </summary>
internal sealed class ReportGrounds(People people)
{
    private static readonly Sql FindPoints = new(
        """
        SELECT p.id, p.debtor_id
        FROM OPENJSON(@named) WITH (bank int '$.bank', id char(32) COLLATE Latin1_General_100_BIN2 '$.id') AS v
        INNER JOIN contact_point AS p ON p.bank_id = v.bank AND p.id = CONVERT(binary(16), v.id, 2)
        """,
        """
        SELECT p.id, p.debtor_id
        FROM json_each(@named) AS v
        CROSS JOIN contact_point AS p ON p.bank_id = json_extract(v.value, '$.bank') AND p.id = unhex(json_extract(v.value, '$.id'))
        """);

    private static readonly Sql FindRecords = new(
        """
        SELECT r.id, r.case_id, y.id AS superseded_by_id
        FROM OPENJSON(@named) WITH (bank int '$.bank', id char(32) COLLATE Latin1_General_100_BIN2 '$.id') AS v
        INNER JOIN contact_record AS r WITH (UPDLOCK, HOLDLOCK) ON r.bank_id = v.bank AND r.id = CONVERT(binary(16), v.id, 2)
        LEFT JOIN contact_record AS y ON y.bank_id = r.bank_id AND y.supersedes_id = r.id
        """,
        """
        SELECT r.id, r.case_id, y.id AS superseded_by_id
        FROM json_each(@named) AS v
        CROSS JOIN contact_record AS r ON r.bank_id = json_extract(v.value, '$.bank') AND r.id = unhex(json_extract(v.value, '$.id'))
        LEFT JOIN contact_record AS y ON y.bank_id = r.bank_id AND y.supersedes_id = r.id
        """);

    /// <summary>Takes the turn to report on the debtors first: what is read here and judged after stays true until it is written.</summary>
    public async Task<ReportGround> FindAsync(Work work, IReadOnlyList<(Id Case, NewContactRecord Contact)> contacts, CancellationToken cancellation)
    {
        await ReportTurn.TakeAsync(work, contacts.Select(contact => contact.Case), cancellation);
        var ofCases = await Tenure.FindAsync(work, contacts.Select(contact => contact.Case), cancellation);
        var points = await NamedAsync<PointFound>(work, FindPoints, ofCases, contacts.Select(contact => (contact.Case, contact.Contact.ContactPointId)), cancellation);
        var corrected = await NamedAsync<RecordFound>(work, FindRecords, ofCases, contacts.Select(contact => (contact.Case, contact.Contact.Supersedes)), cancellation);
        var past = from contact in contacts
                   where contact.Contact.ContactPointId is not null && ofCases.ContainsKey(contact.Case) && !ofCases[contact.Case].IsOpen
                   select (ofCases[contact.Case], contact.Contact.ContactPointId!.Value);
        var collectors = contacts.Where(contact => contact.Contact.CollectorId is not null).Select(contact => contact.Contact.CollectorId!.Value).Distinct().ToList();
        return new ReportGround(
            ofCases,
            points.ToDictionary(point => point.Id, point => point.DebtorId),
            await PastPoints.SeenAsync(work.Db, work.Tenant, past, cancellation),
            corrected.ToDictionary(record => record.Id),
            await people.AmongAsync(work.Tenant, collectors, cancellation));
    }

    private static async Task<IReadOnlyList<T>> NamedAsync<T>(
        Work work, Sql sql, Dictionary<Id, Tenure> ofCases, IEnumerable<(Id Case, Id? Named)> names, CancellationToken cancellation)
    {
        var named = names
            .Where(name => name.Named is not null && ofCases.ContainsKey(name.Case))
            .Select(name => new { bank = ofCases[name.Case].BankId, id = Tenure.Hex(name.Named!.Value) })
            .Distinct()
            .ToArray();
        return named.Length == 0 ? [] : await work.Db.ListAsync<T>(sql, new { named = JsonSerializer.Serialize(named) }, cancellation);
    }

    private sealed record PointFound(Id Id, Id DebtorId);

    internal sealed record RecordFound(Id Id, Id CaseId, Id? SupersededById);
}

/// <summary>What the contacts of one request stand on.</summary>
/// <param name="tenures">The agency's own, by case.</param>
/// <param name="debtorsOfPoints">Whose the points are that it sees.</param>
/// <param name="pastPoints">The points that it saw while it had a case that has ended.</param>
/// <param name="records">The records to correct.</param>
/// <param name="collectors">Those named who work for it.</param>
internal sealed class ReportGround(
    Dictionary<Id, Tenure> tenures, Dictionary<Id, Id> debtorsOfPoints, HashSet<(Id Case, Id Point)> pastPoints, Dictionary<Id, ReportGrounds.RecordFound> records, IReadOnlySet<Id> collectors)
{
    private readonly HashSet<Id> superseded = [];

    /// <summary>Checks a contact against all that it stands on.</summary>
    /// <exception cref="ProblemException">It can't be recorded.</exception>
    public ContactReport Check(Work work, Id @case, NewContactRecord contact)
    {
        if (!tenures.TryGetValue(@case, out var tenure) || !tenure.MayReport(work.Now))
        {
            throw CaseProblems.NotFound.Refuse();
        }

        CheckTime(contact.OccurredAt, tenure, work.Now);
        Outcomes.Check(contact.Channel, contact.Outcome);
        if (contact.ContactPointId is { } point && !IsKnown(point, tenure))
        {
            throw ContactRecordProblems.ContactPointUnknown.Refuse();
        }

        if (contact.CollectorId is { } collector && !collectors.Contains(collector))
        {
            throw ContactRecordProblems.CollectorUnknown.Refuse(new FieldError("/collectorId", "not_found", ContactRecordProblems.CollectorUnknown.Title));
        }

        if (contact.Supersedes is { } corrected)
        {
            CheckSuperseded(@case, corrected);
        }

        return new ContactReport(work.NewId(), tenure, contact);
    }

    private bool IsKnown(Id point, Tenure tenure) =>
        (debtorsOfPoints.TryGetValue(point, out var debtor) && debtor == tenure.DebtorId) || pastPoints.Contains((tenure.CaseId, point));

    private static void CheckTime(DateTimeOffset occurredAt, Tenure tenure, DateTimeOffset now)
    {
        if (occurredAt > now + ContactRules.ClockSkew)
        {
            throw ContactRecordProblems.InFuture.Refuse();
        }

        if (occurredAt < tenure.OpenedAt - ContactRules.ClockSkew)
        {
            throw ContactRecordProblems.BeforeTenure.Refuse();
        }

        if (occurredAt > tenure.EndedAt + ContactRules.ClockSkew)
        {
            throw ContactRecordProblems.AfterTenure.Refuse();
        }
    }

    private void CheckSuperseded(Id @case, Id corrected)
    {
        if (!records.TryGetValue(corrected, out var record) || record.CaseId != @case)
        {
            throw ContactRecordProblems.SupersedesUnknown.Refuse();
        }

        if (record.SupersededById is not null || !superseded.Add(corrected))
        {
            throw ContactRecordProblems.IsSuperseded.Refuse();
        }
    }

}
