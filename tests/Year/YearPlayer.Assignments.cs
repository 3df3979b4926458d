using Agency.Sdk;

namespace Agency.Tests.Year;

/// <content>Agreements and assignments.</content>
internal sealed partial class YearPlayer
{
    private (string, int, Func<Task>)[] OfAssignments =>
    [
        ("change agreement", 6, ChangeAgreementAsync),
        ("dry run", 6, DryRunAsync),
        ("submit assignment", 16, SubmitAsync),
        ("acknowledge assignment", 16, () => AnswerAsync("acknowledge assignment", model.Acknowledge, (side, id) => side.Assignments.AcknowledgeAsync(id))),
        ("reject assignment", 5, () => AnswerAsync("reject assignment", model.Reject, (side, id) => side.Assignments.RejectAsync(id, Support.Deeds.Because))),
        ("void assignment", 4, () => EndAsync("void assignment", a => a.State is "submitted" or "acknowledged" or "active", model.Void, id => world.Bank.Assignments.VoidAsync(id))),
        ("recall assignment", 3, RecallAssignmentAsync),
        ("close assignment", 5, () => EndAsync("close assignment", a => a.State == "active" && !a.Cases.Exists(c => c.IsOpen), model.Close, id => world.Bank.Assignments.CloseAsync(id))),
        ("ask for retention of assignment", 4, RequestRetentionAsync),
        ("grant retention of assignment", 4, () => AnswerRetentionAsync("grant retention of assignment", grant: true)),
        ("refuse retention of assignment", 4, () => AnswerRetentionAsync("refuse retention of assignment", grant: false)),
    ];

    public static NewAgreementTerms Written(TermsModel terms) => new()
    {
        RulePack = terms.Pack,
        NoticeDays = terms.NoticeDays,
        LateReportDays = terms.LateReportDays,
        AllowedChannels = [.. Channel.Known.Where(terms.Allows)],
    };

    private async Task ChangeAgreementAsync()
    {
        var agreement = Any(model.Agencies).Agreement;
        var terms = Chance(10) ? agreement.Terms : new TermsModel(
            Chance(80) ? agreement.Terms.Pack : Any(RulePackCode.Known), random.Next(12), random.Next(15), Chance(60), Chance(50) ? null : model.Today.AddDays(random.Next(60, 300)));
        var isStale = Chance(20);
        var expected = model.ChangeAgreement(agreement, terms, isStale);
        var changed = await BothAsync("change agreement", expected, () => world.Bank.Agreements.ChangeAsync(agreement.Id, new ETag(isStale ? "\"stale\"" : "*"), new AgreementChange
        {
            Title = $"Mandate of {agreement.Agency.Code}",
            ValidFrom = new DateOnly(2020, 1, 1),
            ValidTo = terms.ValidTo,
            Terms = Written(terms),
        }));
        Assert.True(changed is null || changed.Version == agreement.Version, Place("change agreement"));
    }

    private async Task DryRunAsync()
    {
        var offer = NewOffer(Any(model.Agencies));
        var matching = model.Accounts.Where(account => offer.Matches(account, model.Today)).ToList();
        var tried = await BothAsync("dry run", model.DryRun(offer), () => world.Bank.Assignments.DryRunAsync(Written(offer)));
        if (tried is not null)
        {
            var eligible = matching.Where(account => YearModel.SkipReason(account) is null).ToList();
            Assert.Equal((eligible.Count, eligible.Sum(account => account.Total), matching.Count - eligible.Count), (tried.Accounts, tried.Balance.Total.Amount, tried.SkippedCount));
            Assert.Equal(
                matching.Select(YearModel.SkipReason).OfType<string>().CountBy(reason => reason, StringComparer.Ordinal).Select(share => $"{share.Key} {share.Value}").Order(StringComparer.Ordinal),
                tried.Skipped.Select(share => $"{Word(share.Reason)} {share.Accounts}").Order(StringComparer.Ordinal));
            Assert.Equal(
                eligible.GroupBy(account => account.Cycle(model.Today), StringComparer.Ordinal).Select(cycle => $"{cycle.Key} {cycle.Count()} {cycle.Sum(account => account.Total)}").Order(StringComparer.Ordinal),
                tried.DaysPastDueMix.Select(share => $"{share.Cycle} {share.Accounts} {share.Total.Amount}").Order(StringComparer.Ordinal));
        }
    }

    private async Task SubmitAsync()
    {
        var offer = NewOffer(Any(model.Agencies));
        var made = await BothAsync("submit assignment", model.Submit(offer), () => world.Bank.Assignments.CreateAsync(Written(offer)));
        if (made is not null)
        {
            offer.Id = made.Id;
            Assert.Equal((offer.Accounts.Count, offer.Balance, offer.Skipped.Count, offer.AgreementVersion), (made.Accounts, made.Balance.Total.Amount, made.SkippedCount, made.AgreementVersion));
            Assert.Equal(
                offer.Skipped.Select(skip => $"{skip.Account.Number} {skip.Reason}").Order(StringComparer.Ordinal),
                (await world.Bank.Assignments.ListSkippedAccountsPageAsync(made.Id, 1000)).Items.Select(skip => $"{skip.AccountNumber} {Word(skip.Reason)}").Order(StringComparer.Ordinal));
        }
    }

    // A third of everything there is, and a slice of some kind otherwise; now and then a term that is over or that the mandate does not cover.
    private AssignmentModel NewOffer(AgencyModel agency)
    {
        var start = Chance(70) ? model.Today : model.Today.AddDays(random.Next(1, 12));
        var end = Chance(6) ? model.Today.AddDays(-3) : start.AddDays(random.Next(15, 150));
        var slice = random.Next(9);
        return new AssignmentModel(agency, end < start ? end.AddDays(-20) : start, end)
        {
            Product = slice == 0 ? "loan" : null,
            City = slice == 1 ? "Hangzhou" : null,
            Cycle = slice == 2 ? $"M{random.Next(1, 7)}" : slice == 3 ? "M7+" : null,
            MinBalance = slice == 4 ? random.Next(100_000) : null,
            MaxBalance = slice is 4 or 5 ? random.Next(100_000, 300_000) : null,
            MinDaysPastDue = slice == 5 ? random.Next(400) : null,
        };
    }

    private NewAssignment Written(AssignmentModel offer) => new()
    {
        AgreementId = offer.Agency.Agreement.Id,
        PortfolioId = world.Portfolio.Id,
        TermStart = offer.TermStart,
        TermEnd = offer.TermEnd,
        Filter = new AssignmentFilter
        {
            Product = offer.Product,
            City = offer.City,
            Cycles = offer.Cycle is null ? null : [offer.Cycle],
            MinBalance = offer.MinBalance,
            MaxBalance = offer.MaxBalance,
            MinDaysPastDue = offer.MinDaysPastDue,
        },
    };

    private async Task AnswerAsync(string kind, Func<AssignmentModel, string?> onModel, Func<Support.Side, Guid, Task<Assignment>> onService)
    {
        if (Pick(model.Assignments, a => a.State == "submitted") is { } assignment)
        {
            await BothAsync(kind, onModel(assignment), () => onService(world.SideOf(assignment.Agency), assignment.Id));
            await world.LearnAsync();
        }
    }

    private Task EndAsync(string kind, Func<AssignmentModel, bool> right, Func<AssignmentModel, string?> onModel, Func<Guid, Task<Assignment>> onService) =>
        Pick(model.Assignments, right) is { } assignment ? BothAsync(kind, onModel(assignment), () => onService(assignment.Id)) : Task.CompletedTask;

    private Task RecallAssignmentAsync()
    {
        var reason = Any((RecallReason[])[RecallReason.Complaint, RecallReason.Breach, RecallReason.PlacedInError, RecallReason.PaidDirect]);
        return EndAsync(
            "recall assignment", a => a.State is "acknowledged" or "active" && a.Accounts.Count < 30, a => model.Recall(a, a.Accounts.Count < 3 ? "sold" : Word(reason)),
            id => world.Bank.Assignments.RecallAsync(id, new AssignmentRecall { Reason = model.Assignments.Find(a => a.Id == id)!.Accounts.Count < 3 ? RecallReason.Sold : reason }));
    }

    private async Task RequestRetentionAsync()
    {
        if (Pick(model.Assignments, a => a.State == "active" && a.Cases.Exists(c => c.State == "active")) is not { } assignment)
        {
            return;
        }

        var end = Chance(15) ? model.Today.AddDays(-1) : assignment.TermEnd.AddDays(random.Next(1, 90));
        var expected = model.RequestRetention(assignment, end, out var cases);
        var asked = await BothAsync(
            "ask for retention of assignment", expected,
            () => world.SideOf(assignment.Agency).Assignments.RequestRetentionAsync(assignment.Id, new NewAssignmentRetention { TermEnd = end, Reason = KeepReason.ActivePromise }));
        Assert.True(asked is null || asked.Cases == cases, Place("ask for retention of assignment"));
    }

    private async Task AnswerRetentionAsync(string kind, bool grant)
    {
        if (Pick(model.Assignments, a => a.State == "active" && a.Cases.Exists(c => c.RequestedEnd is not null)) is not { } assignment)
        {
            return;
        }

        var given = Chance(50) ? (DateOnly?)null : model.Today.AddDays(random.Next(200));
        var expected = model.AnswerRetention(assignment, grant, given, out var cases);
        var answered = await BothAsync(kind, expected, () => grant
            ? world.Bank.Assignments.GrantRetentionAsync(assignment.Id, new AssignmentRetentionGrant { TermEnd = given })
            : world.Bank.Assignments.RefuseRetentionAsync(assignment.Id, Support.Deeds.Because));
        Assert.True(answered is null || answered.Cases == cases, Place(kind));
    }
}
