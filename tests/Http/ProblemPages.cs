using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Agency.Tests.Support;

namespace Agency.Tests.Http;

public sealed class ProblemPages
{
    [Fact]
    public async Task The_type_of_a_problem_leads_to_what_it_means()
    {
        await using var service = await TestService.StartAsync();
        var problem = await (await service.Anonymous.GetAsync("/v1/cases")).Content.ReadFromJsonAsync<JsonElement>();
        var page = await service.Anonymous.GetAsync(problem.GetProperty("type").GetString());
        var explained = await page.Content.ReadFromJsonAsync<JsonElement>();
        Assert.Equal(problem.GetProperty("code").GetString(), explained.GetProperty("code").GetString());
        Assert.NotEqual("", explained.GetProperty("titleZh").GetString());
        Assert.Equal(HttpStatusCode.NotFound, (await service.Anonymous.GetAsync("/problems/no.such")).StatusCode);
    }
}
