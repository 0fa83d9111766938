namespace IotHubDsr; /// <summary>x</summary>
public static class DummyCore { }
