using Agency.Sdk;
using Agency.Tests.Support;

namespace Agency.Tests.Repayments;

public sealed class TenureTests
{
    [Fact]
    public async Task Money_paid_before_the_case_was_opened_is_not_the_agency_s_to_report()
    {
        await using var story = await Story.AtCasesAsync();
        var refusal = await Assert.ThrowsAnyAsync<AgencyException>(() =>
            story.Swift.Repayments.CreateAsync(story.Case.Id, new NewRepayment { Amount = Story.Cny(100), PaidOn = story.Today.AddDays(-1) }));
        Assert.Equal((422, "repayment.before_tenure"), (refusal.StatusCode, refusal.Code));
        Assert.Equal("0", story.Service.Database.Scalar("SELECT COUNT(*) FROM base_repayment"));
    }
}
