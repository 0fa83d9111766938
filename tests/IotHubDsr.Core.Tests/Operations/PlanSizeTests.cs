using IotHubDsr.Core.Evidence.Requests;

namespace IotHubDsr.Core.Tests.Operations;

/// <summary>Sizes of evidence, known from the plan alone.</summary>
public sealed class PlanSizeTests
{
    [Theory]
    [InlineData(10_000, 100, true)]
    [InlineData(60_000, 36_700, false)]
    public void Require_PlanThatCouldNotBeReadAgain_IsRefusedWithTheNumberOfDevicesThatFits(int devices, int bytesPerDevice, bool fits)
    {
        var location = new DataLocation
        {
            Id = "a",
            Kind = LocationKinds.DeviceRegistry,
            Place = "hub",
            Provenance = [new string('x', bytesPerDevice)],
        };
        var plan = new ErasurePlan
        {
            HubHostName = "hub",
            CreatedAt = DateTimeOffset.UnixEpoch,
            Steps =
            [
                .. Enumerable
                    .Range(0, devices)
                    .Select(number => new ErasureStep(
                        new DeviceDataFinding
                        {
                            DeviceId = $"device-{number}",
                            Location = location,
                            Verdict = Verdict.Present,
                        },
                        ErasureAction.None
                    )),
            ],
        };

        Fault? fault = null;
        try
        {
            EvidenceLimits.Require(plan);
        }
        catch (DsrException refused)
        {
            fault = refused.Fault;
        }

        Assert.Equal(fits, fault is null);
        if (!fits)
        {
            Assert.Matches(
                "^RequestTooLarge: .*Split it into several requests of at most 2[0-9]{4} devices",
                $"{fault!.Id}: {fault.RecommendedAction}"
            );
        }
    }
}
