using Agency.Api;
using Agency.Api.Http;

var app = ApiApp.Build(args is ["openapi", ..] ? [] : args);
if (args is ["openapi", var file])
{
    await File.WriteAllTextAsync(file, await Contract.WriteAsync(app.Services));
    return;
}

await app.RunAsync();
