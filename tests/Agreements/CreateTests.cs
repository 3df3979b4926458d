using Agency.Sdk;
using Agency.Tests.Support;

namespace Agency.Tests.Agreements;

public sealed class CreateTests
{
    [Fact]
    public async Task Both_sides_read_the_mandate_that_the_bank_gave()
    {
        await using var story = await Story.AtTenantsAsync();

        var made = await story.Harbour.Agreements.CreateAsync(await MandateAsync(story));

        Assert.Equal(("Cards 2026", new DateOnly(2026, 1, 1), (DateOnly?)new DateOnly(2026, 12, 31)), (made.Title, made.ValidFrom, made.ValidTo));
        Assert.Equal(await story.Harbour.AgencyIdAsync("swift"), made.AgencyId);
        foreach (var side in new[] { story.Harbour, story.Swift })
        {
            Assert.EquivalentWithExclusions(made, await side.Agreements.GetAsync(made.Id), strict: true, "RawAnswer", "ETag");
            Assert.Equal(made.Id, Assert.Single((await side.Agreements.ListPageAsync()).Items).Id);
        }
    }

    [Fact]
    public async Task To_the_other_bank_and_the_other_agency_it_does_not_exist()
    {
        await using var story = await Story.AtTenantsAsync();
        var made = await story.Harbour.MandateAsync("swift");

        foreach (var other in new[] { story.Summit, story.Lantern })
        {
            await story.HidesAsync("agreement.not_found", made.Id, id => other.Agreements.GetAsync(id));
            Assert.Empty((await other.Agreements.ListPageAsync()).Items);
        }
    }

    [Fact]
    public async Task The_same_key_gives_one_mandate()
    {
        await using var story = await Story.AtTenantsAsync();
        var mandate = await MandateAsync(story);

        await story.ActsOnceAsync(key => story.Harbour.Agreements.CreateAsync(mandate, CallOptions.WithKey(key)));
    }

    [Fact]
    public async Task A_refusal_leaves_no_trace()
    {
        await using var story = await Story.AtTenantsAsync();
        var good = await MandateAsync(story);
        var bank = (await story.Harbour.Agreements.CreateAsync(good)).BankId;

        await story.RefusesAsync(404, "agency.not_found", () => PostAsync(m => m.AgencyId = Guid.Parse("0197f0e0-0000-7000-8000-000000000000")));
        await story.RefusesAsync(404, "agency.not_found", () => PostAsync(m => m.AgencyId = bank));
        await story.RefusesAsync(422, "request.invalid", () => PostAsync(m => m.ValidTo = m.ValidFrom.AddDays(-1)));
        await story.RefusesAsync(422, "request.invalid", () => PostAsync(m => m.Title = " "));
        await story.RefusesAsync(422, "request.invalid", () => PostAsync(m => m.Title = new string('x', 201)));
        await story.RefusesAsync(403, "auth.missing_scope", () => story.Swift.Agreements.CreateAsync(good, CallOptions.WithKey("key")));

        async Task PostAsync(Action<NewAgreement> spoil)
        {
            var mandate = await MandateAsync(story);
            spoil(mandate);
            await story.Harbour.Agreements.CreateAsync(mandate, CallOptions.WithKey("key"));
        }
    }

    private static async Task<NewAgreement> MandateAsync(Story story) => new()
    {
        AgencyId = await story.Harbour.AgencyIdAsync("swift"),
        Title = "Cards 2026",
        ValidFrom = new DateOnly(2026, 1, 1),
        ValidTo = new DateOnly(2026, 12, 31),
    };
}
