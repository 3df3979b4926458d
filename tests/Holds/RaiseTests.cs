using Agency.Sdk;
using Agency.Tests.Support;

namespace Agency.Tests.Holds;

public sealed class RaiseTests
{
    [Fact]
    public async Task Both_sides_read_a_hold_that_the_agency_raised_also_on_the_case_and_in_lists()
    {
        await using var story = await Story.AtCasesAsync();

        var made = await story.Swift.Holds.CreateAsync(story.Case.Id, new NewHold { Kind = HoldKind.Dispute, Reason = "Says the card was stolen" });

        Assert.Equal((HoldKind.Dispute, HoldRaiser.Agency, "Says the card was stolen"), (made.Kind, made.RaisedBy, made.Reason));
        Assert.Equal((story.Case.Id, story.Case.Account.Id, TestDatabase.Start), (made.CaseId, made.AccountId, made.RaisedAt));
        Assert.Null(made.LiftedAt);
        foreach (var side in new[] { story.Harbour, story.Swift })
        {
            Assert.EquivalentWithExclusions(made, await side.Holds.GetAsync(made.Id), strict: true, "RawAnswer", "ETag");
            Assert.EquivalentWithExclusions(made, Assert.Single((await side.Holds.ListOfCasePageAsync(story.Case.Id)).Items), strict: true, "RawAnswer", "ETag");
            var shown = Assert.Single((await side.Cases.GetAsync(story.Case.Id)).Holds);
            Assert.Equal((made.Id, HoldKind.Dispute, TestDatabase.Start), (shown.Id, shown.Kind, shown.RaisedAt));
            Assert.Equal([1, 0, 0], (await side.AllCasesAsync()).OrderBy(c => c.Account.AccountNumber, StringComparer.Ordinal).Select(c => c.Holds.Count));
        }

        Assert.EquivalentWithExclusions(made, Assert.Single((await story.Harbour.Holds.ListOfAccountPageAsync(made.AccountId)).Items), strict: true, "RawAnswer", "ETag");
        Assert.Equal("1", story.Service.Database.Scalar("SELECT COUNT(*) FROM base_event WHERE type = 'hold.raised' AND agency_id IS NOT NULL AND case_id IS NOT NULL"));
    }

    [Fact]
    public async Task Several_stand_at_once_but_one_of_a_kind_which_the_refusal_names()
    {
        await using var story = await Story.AtCasesAsync();
        var first = await story.Swift.Holds.CreateAsync(story.Case.Id, new NewHold { Kind = HoldKind.Fraud });
        await story.Harbour.Holds.CreateAsync(story.Case.Id, new NewHold { Kind = HoldKind.Moratorium });

        var refusal = await story.RefusesAsync(409, "hold.stands", () => story.Harbour.Holds.CreateOnAccountAsync(first.AccountId, new NewHold { Kind = HoldKind.Fraud }, CallOptions.WithKey("key")));

        Assert.Equal((first.Id, "fraud"), (refusal.Obstacle!.Id, refusal.Obstacle.Kind));
        Assert.Equal([HoldKind.Fraud, HoldKind.Moratorium], (await story.Swift.Cases.GetAsync(story.Case.Id)).Holds.Select(hold => hold.Kind));
    }

    [Fact]
    public async Task The_bank_raises_one_on_an_account_without_a_case_and_the_agency_of_the_case_is_told_where_there_is_one()
    {
        await using var story = await Story.AtAccountsAsync();
        var account = (await story.Harbour.AllAccountsAsync())[0];

        var without = await story.Harbour.Holds.CreateOnAccountAsync(account.Id, new NewHold { Kind = HoldKind.Insolvency });

        Assert.Equal((null, HoldRaiser.Bank), (without.CaseId, without.RaisedBy));
        Assert.Equal("1", story.Service.Database.Scalar("SELECT COUNT(*) FROM base_event WHERE type = 'hold.raised' AND agency_id IS NULL"));
    }

    [Fact]
    public async Task On_an_account_that_is_worked_the_agency_sees_it()
    {
        await using var story = await Story.AtCasesAsync();

        var made = await story.Harbour.Holds.CreateOnAccountAsync(story.Case.Account.Id, new NewHold { Kind = HoldKind.Deceased, Reason = "Registry" });

        Assert.Equal((story.Case.Id, HoldRaiser.Bank), (made.CaseId, made.RaisedBy));
        Assert.EquivalentWithExclusions(made, await story.Swift.Holds.GetAsync(made.Id), strict: true, "RawAnswer", "ETag");
    }

    [Fact]
    public async Task To_others_neither_the_case_nor_the_hold_exists_and_after_the_case_neither_does_it_to_its_agency()
    {
        await using var story = await Story.AtCasesAsync();
        var made = await story.Swift.Holds.CreateAsync(story.Case.Id, new NewHold { Kind = HoldKind.Dispute });

        foreach (var other in new[] { story.Summit, story.Lantern })
        {
            await story.HidesAsync("hold.not_found", made.Id, id => other.Holds.GetAsync(id));
            await story.HidesAsync("case.not_found", story.Case.Id, id => other.Holds.ListOfCasePageAsync(id));
            await story.HidesAsync("case.not_found", story.Case.Id, id => other.Holds.CreateAsync(id, new NewHold { Kind = HoldKind.Fraud }, CallOptions.WithKey("key")));
        }

        await story.HidesAsync("account.not_found", made.AccountId, id => story.Summit.Holds.ListOfAccountPageAsync(id));
        await story.HidesAsync("account.not_found", made.AccountId, id => story.Summit.Holds.CreateOnAccountAsync(id, new NewHold { Kind = HoldKind.Fraud }, CallOptions.WithKey("key")));
        await story.RecallAsync();
        await story.HidesAsync("hold.not_found", made.Id, id => story.Swift.Holds.GetAsync(id));
        Assert.Null((await story.Harbour.Holds.GetAsync(made.Id)).LiftedAt);
    }

    [Fact]
    public async Task Of_a_hold_from_another_agencys_case_the_next_one_sees_what_it_is_and_no_more()
    {
        await using var story = await Story.AtCasesAsync(1);
        var mandate = await story.Harbour.MandateAsync("lantern");
        var made = await story.Swift.Holds.CreateAsync(story.Case.Id, new NewHold { Kind = HoldKind.Dispute, Reason = "Swift's words" });
        await story.RecallAsync();
        await story.Harbour.Holds.LiftAsync(made.Id, new HoldLift { Reason = "Settled with swift" });
        var next = Assert.Single(await story.HandToAsync(story.Lantern, mandate));

        var seen = Assert.Single((await story.Lantern.Holds.ListOfCasePageAsync(next.Id)).Items);

        Assert.Equal((made.Id, HoldKind.Dispute, true), (seen.Id, seen.Kind, seen.LiftedAt.HasValue));
        Assert.Equal((null, null, null, null), (seen.Reason, seen.CaseId, seen.ContactRecordId, seen.LiftReason));
        Assert.Empty(next.Holds);
    }

    [Fact]
    public async Task The_same_key_raises_one()
    {
        await using var story = await Story.AtCasesAsync();

        await story.ActsOnceAsync(key => story.Swift.Holds.CreateAsync(story.Case.Id, new NewHold { Kind = HoldKind.Dispute }, CallOptions.WithKey(key)));
        await story.ActsOnceAsync(key => story.Harbour.Holds.CreateOnAccountAsync(story.Case.Account.Id, new NewHold { Kind = HoldKind.Fraud }, CallOptions.WithKey(key)));
    }

    [Fact]
    public async Task A_refusal_leaves_no_trace()
    {
        await using var story = await Story.AtCasesAsync();
        var id = story.Case.Id;

        foreach (var kind in new[] { HoldKind.PlanActive, HoldKind.PaymentPending })
        {
            await story.RefusesAsync(422, "hold.kind_of_system", () => story.Swift.Holds.CreateAsync(id, new NewHold { Kind = kind }, CallOptions.WithKey("key")));
            await story.RefusesAsync(422, "hold.kind_of_system", () => story.Harbour.Holds.CreateOnAccountAsync(story.Case.Account.Id, new NewHold { Kind = kind }, CallOptions.WithKey("key")));
        }

        await story.RefusesAsync(422, "request.invalid", () => story.Swift.Holds.CreateAsync(id, new NewHold { Kind = HoldKind.Fraud, Reason = new string('x', 401) }, CallOptions.WithKey("key")));
        await story.RefusesAsync(403, "auth.wrong_tenant_kind", () => story.Swift.Holds.CreateOnAccountAsync(story.Case.Account.Id, new NewHold { Kind = HoldKind.Fraud }, CallOptions.WithKey("key")));
        await story.RefusesAsync(403, "auth.wrong_tenant_kind", () => story.Swift.Holds.ListOfAccountPageAsync(story.Case.Account.Id));
        await story.RecallAsync();
        await story.RefusesAsync(409, "case.is_recalled", () => story.Harbour.Holds.CreateAsync(id, new NewHold { Kind = HoldKind.Fraud }, CallOptions.WithKey("key")));
    }

    [Fact]
    public async Task Ten_at_once_from_both_sides_leave_one_of_a_kind()
    {
        await using var story = await Story.AtCasesAsync();

        var outcomes = await Task.WhenAll(Enumerable.Range(0, 10).Select(async n =>
        {
            try
            {
                await (n % 2 == 0 ? story.Swift : story.Harbour).Holds.CreateAsync(story.Case.Id, new NewHold { Kind = HoldKind.Complaint });
                return "raised";
            }
            catch (AgencyException refusal)
            {
                return refusal.Code;
            }
        }));

        Assert.Single(outcomes, outcome => outcome == "raised");
        Assert.Equal(9, outcomes.Count(outcome => outcome == "hold.stands"));
    }
}
