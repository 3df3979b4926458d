using Agency.Sdk;
using Agency.Tests.Support;

namespace Agency.Tests.Repayments;

/// <summary>Money fills the buckets as the agreement orders, in the version that the case runs under.</summary>
public sealed class AllocationOrderTests
{
    [Theory]
    [InlineData(new[] { "principal", "interest", "fees" }, 500, 5_000, 30_000)]
    [InlineData(new[] { "interest", "fees", "principal" }, 0, 0, 35_500)]
    [InlineData(new[] { "interest", "principal", "fees" }, 500, 0, 35_000)]
    public async Task Money_fills_the_buckets_as_it_was_agreed(string[] order, long fees, long interest, long principal)
    {
        await using var story = await Story.AtTenantsAsync();
        await story.PlaceAsync(Story.Csv(1), 30, new() { AllocationOrder = [.. order.Select(bucket => new Bucket(bucket))] });

        await story.PayAsync(70_000);

        Assert.Equal((fees, interest, principal), await story.OwedAsync());
    }

    [Fact]
    public async Task A_later_version_of_the_agreement_changes_nothing_for_cases_that_run_or_have_ended()
    {
        await using var story = await Story.AtTenantsAsync();
        await story.PlaceAsync(Story.Csv(1), 30, new() { AllocationOrder = [Bucket.Principal, Bucket.Interest, Bucket.Fees] });
        var reported = await story.ReportAsync(100_100);
        await story.Harbour.Agreements.ChangeAsync(story.Agreement.Id, ETag.Any, new AgreementChange { Title = "Fees first", ValidFrom = new DateOnly(2020, 1, 1), Terms = new() });
        await story.RecallAsync();

        await story.ConfirmAsync(reported);

        Assert.Equal((500L, 4_900L, 0L), await story.OwedAsync(story.Case.Account.Id));
    }
}
