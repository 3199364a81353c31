package mmcorej;

public class CMMCore {
  public void setProperty(String device, String property, String value) throws Exception {}
}
