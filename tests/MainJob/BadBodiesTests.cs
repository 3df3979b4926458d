using System.Text;
using System.Text.Json;
using Agency.Tests.Support;

namespace Agency.Tests.MainJob;

public sealed class BadBodiesTests
{
    private static readonly string[] Bodies =
    [
        "", "null", "[]", "7", "\"text\"", "{", "{}", "{\"unknown\":1}", "{\"reason\":null}", "{\"reason\":7}", "{\"acceptOverpayment\":\"yes\"}", "{\"acceptOverpayment\":null}",
        "{\"amount\":null,\"paidOn\":\"2026-03-02\"}", "{\"amount\":{\"amount\":1.5,\"currency\":\"CNY\"},\"paidOn\":\"2026-03-02\"}",
        "{\"amount\":{\"amount\":\"1\",\"currency\":\"CNY\"},\"paidOn\":\"2026-03-02\"}", "{\"amount\":{\"amount\":1,\"currency\":null},\"paidOn\":\"2026-03-02\"}",
        "{\"amount\":{\"amount\":99999999999999999999,\"currency\":\"CNY\"},\"paidOn\":\"2026-03-02\"}", "{\"amount\":{\"amount\":1,\"currency\":\"CNY\"},\"paidOn\":\"2026-02-30\"}",
        "{\"kind\":\"gift\",\"amount\":{\"amount\":1,\"currency\":\"CNY\"},\"payBy\":\"2026-03-09\",\"reason\":\"x\"}",
        "{\"kind\":0,\"amount\":{\"amount\":1,\"currency\":\"CNY\"},\"payBy\":\"2026-03-09\",\"reason\":\"x\"}", "{\"name\":null,\"currency\":\"CNY\"}", "{\"name\":\"\\ud800\"}",
        "{\"agencyId\":\"x\",\"title\":\"t\",\"validFrom\":\"2026-01-01\"}", "{\"agreementId\":null}", "{\"channel\":\"call\",\"direction\":\"outbound\",\"party\":\"debtor\",\"outcome\":\"promise\"}",
    ];

    [Fact]
    public async Task A_body_that_cannot_be_meant_is_a_clear_problem_everywhere_and_leaves_no_trace()
    {
        await using var story = await Story.AtCasesAsync();
        var repayment = await story.ReportAsync(100);
        var proposal = await story.ProposeAsync(50_000);
        (Side By, string Address)[] writes =
        [
            (story.Harbour, "/v1/agreements"), (story.Harbour, "/v1/portfolios"), (story.Harbour, "/v1/assignments"),
            (story.Harbour, $"/v1/cases/{story.Case.Id}/recall"), (story.Swift, $"/v1/cases/{story.Case.Id}/reveal"),
            (story.Swift, $"/v1/cases/{story.Case.Id}/contact-records"), (story.Swift, $"/v1/cases/{story.Case.Id}/repayments"),
            (story.Swift, $"/v1/cases/{story.Case.Id}/settlement-proposals"), (story.Harbour, $"/v1/repayments/{repayment.Id}/rejection"),
            (story.Harbour, $"/v1/settlement-proposals/{proposal.Id}/rejection"), (story.Swift, $"/v1/assignments/{story.Assignment.Id}/rejection"),
        ];
        var before = StoredRows.Digest(story.Service.Database);

        foreach (var (by, address) in writes)
        {
            foreach (var body in Bodies)
            {
                using var content = new StringContent(body, Encoding.UTF8, "application/json");
                using var answer = await by.Http.PostAsync(new Uri(address, UriKind.Relative), content);
                var text = await answer.Content.ReadAsStringAsync();
                Assert.True((int)answer.StatusCode is 400 or 422, $"{address} {body}: {(int)answer.StatusCode} {text}");
                Assert.Equal("application/problem+json", answer.Content.Headers.ContentType?.MediaType);
                Assert.NotEqual("", JsonDocument.Parse(text).RootElement.GetProperty("code").GetString());
            }

            using var form = new StringContent("reason=x", Encoding.UTF8, "application/x-www-form-urlencoded");
            using var refused = await by.Http.PostAsync(new Uri(address, UriKind.Relative), form);
            Assert.Equal(415, (int)refused.StatusCode);
        }

        Assert.Equal(before, StoredRows.Digest(story.Service.Database));
    }
}
