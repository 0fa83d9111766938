using System.Globalization;
using IotHubDsr.Core.Sinks.LogArchives;

namespace IotHubDsr.Core.Tests.Sinks.LogArchives;

public sealed class LogBlobNameTests
{
    [Theory]
    [InlineData("resourceId=/A/B/y=2026/m=01/d=05/h=08/m=00/PT1H.json", "2026-01-05T08:00Z", 60)]
    [InlineData("WorkspaceResourceId=/a/y=2026/m=12/d=31/h=23/m=55/PT05M.json", "2026-12-31T23:55Z", 5)]
    [InlineData("WorkspaceResourceId=/a/y=2026/m=12/d=31/h=23/m=55/PT05M_12.json", "2026-12-31T23:55Z", 5)]
    [InlineData("RESOURCEID=/A/Y=2026/M=01/D=05/H=08/M=00/pt1h.JSON.iothubdsr-aaaa", "2026-01-05T08:00Z", 60)]
    [InlineData("/y=2025/m=01/d=05/h=08/m=00/y=2026/m=01/d=05/h=08/m=00/PT1H.json", "2026-01-05T08:00Z", 60)]
    public void PeriodOf_AzureMonitorsNames(string name, string start, int minutes)
    {
        var from = DateTimeOffset.Parse(start, CultureInfo.InvariantCulture);
        Assert.Equal((from, from.AddMinutes(minutes)), LogBlobName.PeriodOf(name));
    }

    [Theory]
    [InlineData("resourceId=/A/y=2026/m=13/d=05/h=08/m=00/PT1H.json")]
    [InlineData("resourceId=/A/y=2026/m=01/d=05/h=08/PT1H.json")]
    [InlineData("resourceId=/A/y=2026/m=01/d=05/h=08/m=00/PT1H/more.json")]
    [InlineData("resourceId=/A/y=٢٠٢٦/m=01/d=05/h=08/m=00/PT1H.json")]
    [InlineData("resourceId=/A/y=9999/m=12/d=31/h=23/m=00/PT1H.json")]
    [InlineData("resourceId=/A/y=0001/m=01/d=01/h=00/m=00/PT1H.json")]
    [InlineData("")]
    public void PeriodOf_OtherNames_IsUnknown(string name) => Assert.Null(LogBlobName.PeriodOf(name));
}
