namespace IotHubDsr; internal static class DummyM { }
