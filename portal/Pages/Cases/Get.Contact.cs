using Agency.Portal.Http;
using Agency.Portal.Language;
using Agency.Sdk;
using Microsoft.AspNetCore.Mvc;

namespace Agency.Portal.Pages.Cases;

/// <summary>Contacting the debtor: may it be done now, what came of it, and what is known of the ways to reach them.</summary>
public sealed partial class GetModel
{
    /// <summary>The contact point that contact is to be sought at; the first that may serve when absent.</summary>
    [BindProperty(SupportsGet = true)]
    public Guid? To { get; set; }

    /// <summary>What the rules say of contacting the debtor there now; null where nobody asked.</summary>
    public ContactPermit? Permit { get; private set; }

    /// <summary>The contact point that the permit is for.</summary>
    public WorkedContactPoint? Point { get; private set; }

    [BindProperty]
    public ContactForm Log { get; set; } = new();

    [BindProperty]
    public PointForm NewPoint { get; set; } = new();

    /// <summary>When the page was made: a contact logged without a time happened then or later.</summary>
    public string Now => Formats.Machine(clock.GetUtcNow());

    public async Task<IActionResult> OnPostLogAsync(CancellationToken cancellation)
    {
        Case = await agency.Cases.GetAsync(Id, cancellationToken: cancellation);
        var isLogged = await LogAsync(cancellation);
        if (isLogged && Log.Then == "next" && await NextCaseAsync(cancellation) is { } next)
        {
            Tell("case.logged");
            return RedirectToPage(new { next.Case.Id });
        }

        return await AfterAsync(isLogged, "case.logged", cancellation);
    }

    public async Task<IActionResult> OnPostMarkAsync(Guid point, string mark, CancellationToken cancellation) => await AfterAsync(
        await TryAsync(options => agency.ContactPoints.MarkAsync(point, new NewContactPointMark { Mark = mark }, options, cancellation)), "contact_points.marked", cancellation);

    public async Task<IActionResult> OnPostPointAsync(CancellationToken cancellation) => await AfterAsync(
        await TryAsync(options => agency.ContactPoints.CreateAsync(
            Id,
            new NewContactPoint
            {
                Kind = NewPoint.Kind ?? ContactPointKind.Phone.Value,
                Value = NewPoint.Value?.Trim() ?? "",
                Party = NewPoint.Party ?? Party.Debtor.Value,
                HolderName = NewPoint.HolderName.OrNull(),
            },
            options,
            cancellation)),
        "contact_points.added",
        cancellation);

    private async Task CheckContactAsync(CancellationToken cancellation)
    {
        Point = ContactPoints.FirstOrDefault(point => point.Id == To)
            ?? ContactPoints.FirstOrDefault(point => IsUsable(point) && point.Kind == ContactPointKind.Phone && point.Party == Party.Debtor)
            ?? ContactPoints.FirstOrDefault(point => IsUsable(point) && point.Kind == ContactPointKind.Phone);
        Permit = await agency.ContactPermits.CheckAsync(
            Id, new ContactCheck { Channel = ChannelOf(Point), Party = Point?.Party ?? Party.Debtor, ContactPointId = Point?.Id }, cancellationToken: cancellation);
    }

    private async Task<bool> LogAsync(CancellationToken cancellation)
    {
        if (string.IsNullOrEmpty(Log.Outcome))
        {
            Refuse(Refusal.Of("outcome", texts["contact_record.needs_outcome"]));
            return false;
        }

        var isPromise = Log.Outcome == Outcome.Promise.Value;
        long amount = 0;
        if (isPromise && !Formats.TryReadMoney(Log.PromiseAmount, Case.Account.Balance.Total.Currency, out amount))
        {
            Refuse(Refusal.Of("promiseAmount", texts["form.amount_invalid"]));
            return false;
        }

        if (isPromise && Log.PromiseDueOn is null)
        {
            Refuse(Refusal.Of("promiseDueOn", texts["promise.needs_date"]));
            return false;
        }

        // A promise that was refused after its record was written is sent again without the record.
        if (Log.RecordId is null && !await TryAsync(async options => Log.RecordId = (await agency.ContactRecords.CreateAsync(Id, await RecordAsync(cancellation), options, cancellation)).Id))
        {
            return false;
        }

        return !isPromise || await TryAsync("promise", options => agency.Promises.CreateAsync(
            Id,
            new NewPromise { Amount = new Money { Amount = amount, Currency = Case.Account.Balance.Total.Currency }, DueOn = Log.PromiseDueOn!.Value, ContactRecordId = Log.RecordId },
            options,
            cancellation));
    }

    private async Task<NewContactRecord> RecordAsync(CancellationToken cancellation)
    {
        var point = Guid.TryParse(Log.Point, out var chosen) ? chosen : (Guid?)null;
        var party = point is null ? Log.Point.OrNull() ?? Party.Debtor.Value : (await agency.ContactPoints.GetAsync(point.Value, cancellationToken: cancellation)).Party.Value;
        var record = new NewContactRecord
        {
            Channel = Log.Channel ?? Channel.Call.Value,
            Direction = Log.Direction ?? Direction.Outbound.Value,
            Party = party,
            Outcome = Log.Outcome!,
            OccurredAt = Log.OccurredAt is { } local ? Formats.FromLocal(local, Zone) : Log.At ?? clock.GetUtcNow(),
            DurationSeconds = Log.Minutes is { } minutes ? (int)Math.Round(minutes * 60) : null,
            Note = Log.Note.OrNull(),
            ContactPointId = point,
            OverrideReason = Log.OverrideReason.OrNull(),
        };
        record.PermitId = await FittingPermitAsync(record, cancellation);
        return record;
    }

    // The permit of the page, where it is for the contact that was made in the end.
    private async Task<Guid?> FittingPermitAsync(NewContactRecord record, CancellationToken cancellation)
    {
        if (Log.PermitId is not { } asked || record.Direction != Direction.Outbound)
        {
            return null;
        }

        var permit = await agency.ContactPermits.GetAsync(asked, cancellationToken: cancellation);
        return permit.Usable && permit.Channel == record.Channel && permit.Party == record.Party && permit.ContactPointId == record.ContactPointId
            && permit.ExpiresAt >= record.OccurredAt && permit.At <= record.OccurredAt ? asked : null;
    }

    private static bool IsUsable(WorkedContactPoint point) => point.Status != ContactPointStatus.Invalid && point.Status != ContactPointStatus.OptedOut;

    private static Channel ChannelOf(WorkedContactPoint? point) => point switch
    {
        { } one when one.Kind == ContactPointKind.Email => Channel.Email,
        { } one when one.Kind == ContactPointKind.Address => Channel.Letter,
        _ => Channel.Call,
    };
}

/// <summary>What came of a contact, as typed.</summary>
public sealed class ContactForm
{
    public string? Outcome { get; set; }

    public string? Channel { get; set; }

    public string? Direction { get; set; }

    /// <summary>The contact point's id, or whom it was meant for where it was none of the debtor's known ones.</summary>
    public string? Point { get; set; }

    /// <summary>When the outcome was chosen.</summary>
    public DateTimeOffset? At { get; set; }

    /// <summary>When it happened by the debtor's clock, where that was another time.</summary>
    public DateTime? OccurredAt { get; set; }

    public decimal? Minutes { get; set; }

    public string? Note { get; set; }

    public string? OverrideReason { get; set; }

    public Guid? PermitId { get; set; }

    public string? PromiseAmount { get; set; }

    public DateOnly? PromiseDueOn { get; set; }

    /// <summary>The record that was written already.</summary>
    public Guid? RecordId { get; set; }

    /// <summary><c>next</c> to go on to the next case.</summary>
    public string? Then { get; set; }
}

/// <summary>A way to reach the debtor that was found, as typed.</summary>
public sealed class PointForm
{
    public string? Kind { get; set; }

    public string? Value { get; set; }

    public string? Party { get; set; }

    public string? HolderName { get; set; }
}
