using Agency.Sdk;

namespace Agency.Tests.Year;

/// <content>Contacts: reported one by one and in batches, corrected, asked for before.</content>
internal sealed partial class YearPlayer
{
    private static readonly Outcome[] Said =
    [
        Outcome.Promise, Outcome.PaidClaimed, Outcome.PlanRequested, Outcome.Hardship, Outcome.Refused, Outcome.NonCommittal, Outcome.Callback, Outcome.Represented, Outcome.Vulnerable,
    ];

    private static readonly Outcome[] Holding = [Outcome.Disputed, Outcome.FraudClaimed, Outcome.CeaseRequested, Outcome.ComplaintVoiced, Outcome.DeceasedReported];
    private static readonly Outcome[] Unheard = [Outcome.NoAnswer, Outcome.NoAnswer, Outcome.Busy, Outcome.SwitchedOff, Outcome.Rejected, Outcome.Voicemail, Outcome.LeftMessage, Outcome.HungUpUnverified];
    private static readonly Outcome[] Telling = [Outcome.WrongNumber, Outcome.OutOfService];
    private static readonly Outcome[] OfThird = [Outcome.ThirdPartySpoke, Outcome.ThirdPartySpoke, Outcome.ThirdPartyRefused, Outcome.NoAnswer];
    private static readonly Outcome[] OfVisit = [Outcome.Met, Outcome.NotHome, Outcome.NotLocated, Outcome.RefusedEntry];
    private static readonly Outcome[] OfWriting = [Outcome.NoAnswer, Outcome.Rejected, Outcome.Bounced, Outcome.LeftMessage];

    private (string, int, Func<Task>)[] OfContacts =>
    [
        ("report contact", 40, () => OnCaseAsync(c => c.TakesReports(model.Now), c => ReportAsync("report contact", NewContact(c, TimeOf(c), isOne: true)))),
        ("report batch", 26, BatchAsync),
        ("correct contact", 14, CorrectAsync),
        ("report permitted contact", 14, PermittedAsync),
        ("check contact", 30, CheckAsync),
    ];

    private async Task<ContactRecord?> ReportAsync(string kind, ContactModel contact)
    {
        var made = await BothAsync(kind, model.Report(contact), () => SideOf(contact.Case).ContactRecords.CreateAsync(contact.Case.Id, Written(contact)));
        if (made is not null)
        {
            contact.Id = made.Id;
            Assert.True(Shown(made) == Shown(contact), $"{Place(kind)}: the model flags {Shown(contact)}, the service {Shown(made)}. {Described(contact)}");
        }

        return made;
    }

    private async Task BatchAsync()
    {
        if (Pick(model.Cases, c => c.IsOpen) is not { } c)
        {
            return;
        }

        // Of the debtor, and now and then of another case: tells of one are counted for the next.
        var contacts = new List<ContactModel>();
        var expected = new List<string>();
        var last = model.Now.AddSeconds(-1);
        for (var i = random.Next(3, 10); i > 0; i--)
        {
            var on = Chance(85) ? c : Any(model.Cases.Where(other => other.Agency == c.Agency).ToList());
            var at = Chance(5) ? TimeOf(on) : last.AddMinutes(-random.Next(on.IsOpen ? (int)Math.Max(1, Math.Min(300, (last - on.OpenedAt).TotalMinutes)) : 300));
            contacts.Add(NewContact(on, at, isOne: false));
            expected.Add(model.Report(contacts[^1]) ?? "done");
        }

        var answer = await SideOf(c).ContactRecords.CreateBatchAsync(new ContactRecordBatch { Items = [.. contacts.Select(Item)] });
        Assert.Equal(expected, answer.Items.Select(item => item.Problem?.Code ?? "done"));
        foreach (var item in answer.Items)
        {
            contacts[item.Index].Id = item.Id ?? default;
            Count("report batch", item.Id is not null);
        }

        // A batch answers with ids alone: what became of its contacts is read.
        var records = (await SideOf(c).ContactRecords.ListPageAsync(1000, caseId: c.Id)).Items.ToDictionary(record => record.Id);
        foreach (var contact in contacts.Where(contact => contact.Case == c && contact.Id != default))
        {
            Assert.True(Shown(records[contact.Id]) == Shown(contact), $"{Place("report batch")}: the model flags {Shown(contact)}, the service {Shown(records[contact.Id])}. {Described(contact)}");
        }
    }

    private async Task CorrectAsync()
    {
        var wrong = Pick(model.Cases.Where(c => c.TakesReports(model.Now)).SelectMany(c => c.Contacts), contact => contact.SupersededBy is null);
        if (wrong is null)
        {
            return;
        }

        var c = Chance(92) ? wrong.Case : Any(model.Cases.Where(c => c.TakesReports(model.Now)).ToList());
        var at = Chance(70) ? wrong.At : TimeOf(c);
        var outcome = wrong.Channel == Channel.Call && wrong.Party != Party.RelatedContact ? Any(Chance(60) ? Said : Unheard) : wrong.Outcome;
        await ReportAsync("correct contact", new ContactModel(c, wrong.Channel, wrong.Direction, wrong.Party, outcome, at) { Supersedes = wrong });
    }

    private async Task PermittedAsync()
    {
        var c = Pick(model.Cases.Where(c => c.TakesReports(model.Now)), c => c.Permits.Exists(permit => permit.At >= model.Now.AddMinutes(-10)));
        var permit = c?.Permits.LastOrDefault() ?? (model.Cases.SelectMany(other => other.Permits).LastOrDefault());
        if (c is null || permit is null)
        {
            return;
        }

        // Mostly the very contact that was asked for.
        var at = permit.At <= model.Now && Chance(80) ? permit.At : model.Now;
        var (channel, party) = Chance(90) ? (permit.Channel, permit.Party) : (Channel.Call, Party.Debtor);
        await ReportAsync("report permitted contact", new ContactModel(c, channel, Direction.Outbound, party, party == Party.RelatedContact ? Any(OfThird) : Any(Said), at)
        {
            Permit = permit,
            Point = Chance(60) && permit.Case == c && permit.Point?.IsSeenBy(c) is true ? permit.Point : null,
            Reason = Chance(10) ? "As agreed with the branch" : null,
        });
    }

    private async Task CheckAsync()
    {
        if (Pick(model.Cases, c => c.IsOpen) is not { } c)
        {
            return;
        }

        var at = Chance(55) ? model.Now : Chance(85) ? model.Now.AddMinutes(random.Next(7 * 24 * 60)) : model.Now.AddDays(Chance(50) ? 8 : -1);
        var point = PointOf(c);
        var asked = new PermitModel(c, ChannelOf(), PartyOf(point), at) { Point = point, Reason = Chance(40) ? "The debtor asked for it" : null };
        var permit = await BothAsync("check contact", model.Check(asked), () => SideOf(c).ContactPermits.CheckAsync(c.Id, new ContactCheck
        {
            Channel = asked.Channel,
            Party = asked.Party,
            ContactPointId = point?.Id,
            At = at,
            OverrideReason = asked.Reason,
        }));
        if (permit is not null)
        {
            asked.Id = permit.PermitId;
            var expected = $"{asked.Answer} {string.Join(' ', asked.Findings.Select(finding => finding.Rule).Order(StringComparer.Ordinal))}";
            var told = $"{permit.Answer} {string.Join(' ', permit.Findings.Select(finding => finding.RuleId).Order(StringComparer.Ordinal))}";
            Assert.True(told == expected, $"{Place("check contact")}: the model says {expected}, the service {told}. {asked.Channel} to {asked.Party} at {at:O}");
        }
    }

    private ContactModel NewContact(CaseModel c, DateTimeOffset at, bool isOne)
    {
        var point = PointOf(c);
        var (channel, party) = (ChannelOf(), PartyOf(point));
        var outcome = isOne && Chance(3) ? (channel == Channel.Call ? Outcome.Met : Outcome.Voicemail)
            : party == Party.RelatedContact ? Any(OfThird)
            : isOne && Chance(4) ? Any(Holding)
            : isOne && Chance(8) && channel == Channel.Call ? Any(Telling)
            : Chance(40) ? Any(Said)
            : Any(channel.Value switch { "call" => Unheard, "visit" => OfVisit, _ => OfWriting });
        return new ContactModel(c, channel, Chance(92) ? Direction.Outbound : Direction.Inbound, party, outcome, at) { Point = point, Reason = Chance(10) ? "The debtor asked for it" : null };
    }

    // Now or lately; of a case that has ended around its end; now and then at a time that it can't have been.
    private DateTimeOffset TimeOf(CaseModel c) => random.Next(20) switch
    {
        0 => model.Now.AddHours(random.Next(1, 30)),
        1 => c.OpenedAt.AddMinutes(-random.Next(6, 3000)),
        < 8 => c.EndedAt is { } ended ? ended.AddMinutes(-random.Next(2000)) : model.Now,
        < 14 => (c.EndedAt ?? model.Now).AddMinutes(-random.Next(180)).AddMilliseconds(-500),
        _ => (c.EndedAt ?? model.Now).AddMinutes(-random.Next(4 * 24 * 60)).AddMilliseconds(-500),
    };

    private Channel ChannelOf() => random.Next(20) switch { < 14 => Channel.Call, < 17 => Channel.Sms, < 19 => Channel.Visit, _ => Channel.Letter };

    private Party PartyOf(PointModel? point) => point?.Party ?? (random.Next(10) switch { < 7 => Party.Debtor, 7 => Party.LiableParty, _ => Party.RelatedContact });

    private PointModel? PointOf(CaseModel c) => random.Next(10) switch
    {
        < 4 => null,
        9 => Any(model.Accounts.SelectMany(account => account.Debtor.Points).Where(point => point.Id != default).ToList()),
        _ => Any(c.Account.Debtor.Points),
    };

    private static NewContactRecord Written(ContactModel contact) => new()
    {
        Channel = contact.Channel,
        Direction = contact.Direction,
        Party = contact.Party,
        Outcome = contact.Outcome!.Value,
        OccurredAt = contact.At,
        ContactPointId = contact.Point?.Id,
        PermitId = contact.Permit?.Id,
        OverrideReason = contact.Reason,
        Supersedes = contact.Supersedes?.Id,
    };

    private static ContactRecordBatchItem Item(ContactModel contact) => new()
    {
        CaseId = contact.Case.Id,
        Channel = contact.Channel,
        Direction = contact.Direction,
        Party = contact.Party,
        Outcome = contact.Outcome!.Value,
        OccurredAt = contact.At,
        ContactPointId = contact.Point?.Id,
        OverrideReason = contact.Reason,
    };

    internal static string Shown(ContactRecord record) => $"{string.Join(' ', record.Breaches.Order(StringComparer.Ordinal))}{(record.Late ? " late" : "")}";

    internal static string Shown(ContactModel contact) => $"{string.Join(' ', contact.Breaches.Order(StringComparer.Ordinal))}{(contact.Late ? " late" : "")}";

    private static string Described(ContactModel contact) =>
        $"{contact.Case.Account.Number}, {contact.Case.State}: {contact.Direction} {contact.Channel} to {contact.Party} at {contact.At:O}, {contact.Outcome}; point {contact.Point?.Status}, {contact.Case.Assignment.Terms}";
}
