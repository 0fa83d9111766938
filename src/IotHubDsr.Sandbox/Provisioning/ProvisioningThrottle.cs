namespace IotHubDsr.Sandbox.Provisioning;

/// <summary>The limit of a service: 1,000 operations a minute. What is unused of a minute is there for a burst.</summary>
internal sealed class ProvisioningThrottle(TimeProvider time)
{
    private const double PerMinute = 1_000;

    private readonly Lock _lock = new();
    private double _left = PerMinute;
    private DateTimeOffset? _at;

    public void Take(HttpResponse response)
    {
        lock (_lock)
        {
            DateTimeOffset now = time.GetUtcNow();
            _left = Math.Min(PerMinute, _left + ((now - (_at ?? now)).TotalMinutes * PerMinute));
            _at = now;
            if (_left >= 1)
            {
                _left--;
                return;
            }
        }

        response.Headers.RetryAfter = "1";
        throw new ProvisioningRefusal(ProvisioningRefusal.Throttled, "Operations are being throttled for this service.");
    }
}
